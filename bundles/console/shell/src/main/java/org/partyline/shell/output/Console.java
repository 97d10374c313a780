package org.partyline.shell.output;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.Terminal;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Attributes;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;
import org.partyline.api.json.Json;
import org.partyline.consoleline.Paint;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.CommandOutput;

/**
 * Prints output and asks questions for a command. Colours, wrapping and questions are for terminals; a pipe, a script
 * and {@code bin/client} with a command get plain text.
 */
public final class Console implements CommandOutput {
    /** JLine prints nothing for this mask. */
    private static final Character NO_ECHO = (char) 0;

    private static final int DEFAULT_WIDTH = 80;
    /** Pasted text arrives without such a pause, even on a busy machine. */
    private static final long QUIET_MILLIS = 300;

    /** A number of bytes too small to reveal anything. */
    private static final int SLICE = 8;

    private static final int MOST_TYPED_AHEAD = 1 << 20;

    private final Session session;
    private final PrintStream out;
    private final boolean terminal;
    private final int width;
    private final boolean painted;

    Console(Session session, PrintStream out, boolean terminal, int width) {
        this.session = session;
        this.painted = terminal && Paint.wanted(session);
        this.out = out;
        this.terminal = terminal;
        this.width = width;
    }

    /**
     * Returns the console of the running command.
     *
     * @param out the command's own output, which may go into a pipe
     */
    public static Console of(Session session, PrintStream out) {
        Terminal terminal = session.getTerminal();
        Process process = Process.Utils.current();
        boolean seen = terminal != null
                && terminal.isAnsiSupported()
                && terminal.getType() != null
                && !terminal.getType().toLowerCase(Locale.ROOT).startsWith("dumb")
                && (process == null || process.isTty(1));
        int width = terminal == null || terminal.getWidth() < 1 ? DEFAULT_WIDTH : terminal.getWidth();
        return new Console(session, out, seen, width);
    }

    /** Returns whether a person reads the output, on a terminal that supports control sequences. */
    public boolean isTerminal() {
        return terminal;
    }

    /** Returns the width of the terminal in columns; without one, unlimited. */
    int width() {
        return terminal ? width : Integer.MAX_VALUE;
    }

    /** Returns the height of the terminal in rows; 0 without one. */
    int height() {
        return terminal ? session.getTerminal().getHeight() : 0;
    }

    /** Returns the text in that style, if there are colours. */
    public String paint(Style style, String text) {
        return painted ? style.paint(text) : text;
    }

    /** Prints one line unchanged. */
    @Override
    public void line(String text) {
        piece(text + System.lineSeparator());
    }

    /** Returns whether the output has no reader any more. */
    public boolean isBroken() {
        return out.checkError();
    }

    /** Prints a part of a line, which is visible at once. */
    public void piece(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // A stream or a channel keeps the passed bytes in its memory until longer output overwrites them, even while
        // the store is locked.
        for (int at = 0; at < bytes.length; at += SLICE) {
            out.write(bytes, at, Math.min(SLICE, bytes.length - at));
        }
        Arrays.fill(bytes, (byte) 0);
        out.flush();
        // A command's own output goes to the terminal through a channel that does not pass on a flush.
        session.getConsole().flush();
    }

    /** Prints text, wrapped to the terminal. */
    @Override
    public void paragraph(String text) {
        Wrap.words(text, width()).forEach(this::line);
    }

    /** Prints text in a style, wrapped to the terminal. */
    public void paragraph(Style style, String text) {
        Wrap.words(text, width()).forEach(line -> line(paint(style, line)));
    }

    /** Prints text after a separate first column; the following lines are indented below the text. */
    public void hanging(String first, String words) {
        String margin = " ".repeat(new AttributedString(AttributedString.stripAnsi(first)).columnLength());
        int room = width() == Integer.MAX_VALUE ? width() : Math.max(20, width() - margin.length());
        String before = first;
        for (String line : Wrap.words(words, room)) {
            line(before + line);
            before = margin;
        }
    }

    /** Prints exactly one JSON document. */
    @Override
    public void json(Object document) {
        line(Json.write(document));
    }

    @Override
    public String clean(String text) {
        return Sanitizer.line(text);
    }

    /** Returns whether there is someone to ask. */
    public boolean canAsk() {
        return session.getTerminal() != null && terminal;
    }

    /**
     * Asks for a line.
     *
     * @param fallback the meaning of an empty answer
     */
    public String ask(String question, String fallback) throws CommandError, InterruptedException {
        String answer = read(question + (fallback.isEmpty() ? ": " : " [" + fallback + "]: "), null);
        return answer.isBlank() ? fallback : answer.strip();
    }

    /** Asks until the answer is one of these, or a prefix of exactly one. */
    public String choose(String question, List<String> answers, String fallback)
            throws CommandError, InterruptedException {
        while (true) {
            String answer = ask(question + " (" + String.join("/", answers) + ")", fallback);
            String begun = answer.toLowerCase(Locale.ROOT);
            List<String> meant =
                    answers.stream().filter(each -> each.startsWith(begun)).toList();
            if (answers.contains(begun) || meant.size() == 1) {
                return answers.contains(begun) ? begun : meant.get(0);
            }
            line("Please answer " + String.join(" or ", answers) + ".");
        }
    }

    /**
     * Asks for a secret, without echo.
     *
     * @return the caller wipes it
     */
    public char[] askSecret(String question) throws CommandError, InterruptedException {
        return read(question + ": ", NO_ECHO).toCharArray();
    }

    /**
     * Asks for a new secret twice, until both are the same and long enough.
     *
     * @param shortest the minimum number of characters
     * @return the caller wipes it
     */
    public char[] askNewSecret(String question, int shortest) throws CommandError, InterruptedException {
        String whole = question + " (at least " + shortest + " characters)";
        while (true) {
            char[] first = askSecret(whole);
            char[] second = new char[0];
            boolean taken = false;
            try {
                if (Character.codePointCount(first, 0, first.length) < shortest) {
                    line("Too short: use at least " + shortest + " characters.");
                    continue;
                }
                second = askSecret(whole + " again");
                taken = Arrays.equals(first, second);
                if (taken) {
                    return first;
                }
                line("The two entries differ. Try again.");
            } finally {
                Arrays.fill(second, '\0');
                if (!taken) {
                    Arrays.fill(first, '\0');
                }
            }
        }
    }

    /** Returns the next of several typed lines; empty at their end, which is Ctrl-D. */
    public Optional<String> nextLine(String prompt) throws CommandError, InterruptedException {
        try {
            return Optional.ofNullable(session.readLine(prompt, null));
        } catch (UserInterruptException e) {
            // Without the exception as its cause, which contains the text typed so far.
            throw new InterruptedException("interrupted by the operator");
        } catch (EndOfFileException e) {
            return Optional.empty();
        } catch (IOException | UnsupportedOperationException e) {
            throw new CommandError("the session is not interactive: give the text on the command line");
        }
    }

    private String read(String prompt, @Nullable Character mask) throws CommandError, InterruptedException {
        try (HiddenTyping typing = hideTyping()) {
            return answer(prompt, mask);
        }
    }

    private String answer(String prompt, @Nullable Character mask) throws CommandError, InterruptedException {
        try {
            String answer = session.readLine(prompt, mask);
            return answer == null ? "" : answer;
        } catch (UserInterruptException e) {
            forgetTypedAhead();
            // Without the exception as its cause, which contains the text typed so far.
            throw new InterruptedException("interrupted by the operator");
        } catch (EndOfFileException e) {
            forgetTypedAhead();
            throw new CommandError("no answer was given: nothing was done");
        } catch (IOException | UnsupportedOperationException e) {
            throw new CommandError("the session is not interactive: give the answer as an option, see --help");
        }
    }

    /**
     * Until the result is closed, the terminal does not echo text typed between two questions: the line reader shows
     * the answers.
     */
    public HiddenTyping hideTyping() {
        return session.getTerminal() instanceof org.jline.terminal.Terminal typed
                ? new HiddenTyping(typed, typed.echo(false))
                : new HiddenTyping(null, false);
    }

    /** The terminal's state before its echo was turned off. */
    public record HiddenTyping(org.jline.terminal.@Nullable Terminal terminal, boolean echo) implements AutoCloseable {
        @Override
        public void close() {
            if (terminal != null) {
                terminal.echo(echo);
            }
        }
    }

    /**
     * Discards typed or pasted text that was not read yet, if questions end before their answers: the console would
     * show a passphrase among it, and run it as a command.
     */
    public void forgetTypedAhead() {
        if (!(session.getTerminal() instanceof org.jline.terminal.Terminal typed)) {
            return;
        }
        Attributes before = typed.enterRawMode();
        // Ctrl-C interrupts this thread as well, sooner or later.
        boolean interrupted = Thread.interrupted();
        try {
            int left = MOST_TYPED_AHEAD;
            while (left > 0) {
                left--;
                try {
                    if (typed.reader().read(QUIET_MILLIS) < 0) {
                        return;
                    }
                } catch (InterruptedIOException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } catch (IOException e) {
            // The terminal is gone, so nothing will be shown.
            return;
        } finally {
            typed.setAttributes(before);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
