package org.partyline.shell.error;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A failure without its messages, for the log: the classes and stack traces of an exception and its causes. What a
 * failure says may hold what was typed, which is what someone writes to someone.
 */
public final class Wordless extends Exception {
    private static final long serialVersionUID = 1L;
    private static final String OURS = "org.partyline.";
    private static final int MOST_CAUSES = 8;

    private Wordless(Throwable failure, @Nullable Wordless cause) {
        super(failure.getClass().getName(), cause);
        setStackTrace(toOurs(failure.getStackTrace()));
    }

    /** Those that the last call of ours led to, and that one: below is the console that called it. */
    private static StackTraceElement[] toOurs(StackTraceElement[] calls) {
        int length = calls.length;
        while (length > 0 && !calls[length - 1].getClassName().startsWith(OURS)) {
            length--;
        }
        return Arrays.copyOf(calls, length == 0 ? calls.length : length);
    }

    /** The failure and at most seven of its causes, each by its class and its calls. */
    public static Wordless of(Throwable failure) {
        Deque<Throwable> causes = new ArrayDeque<>();
        for (Throwable at = failure; at != null && causes.size() < MOST_CAUSES; at = at.getCause()) {
            causes.push(at);
        }
        Wordless wordless = new Wordless(causes.pop(), null);
        for (Throwable cause : causes) {
            wordless = new Wordless(cause, wordless);
        }
        return wordless;
    }
}
