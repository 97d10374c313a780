package org.partyline.api;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs work that must survive any failure: a scheduled task that throws is never run again, and a stranger's input may
 * cause an {@link OutOfMemoryError} or a {@link StackOverflowError}.
 *
 * <p>Each cause is logged once, at most {@value #MOST_CAUSES} of them, by type and location only: its message may
 * contain a stranger's input. {@link #trace} and {@link #reason} describe any other failure in a log without such a
 * message. Thread-safe.
 */
public final class Faults {
    /** The maximum number of causes that are logged. */
    public static final int MOST_CAUSES = 32;

    private static final int MOST_FRAMES = 6;
    private static final int MOST_FRAMES_OF_CAUSE = 2;
    private static final int MOST_CAUSES_OF_ONE = 4;
    private static final String OURS = "org.partyline.";

    private final String what;
    private final Consumer<String> log;
    private final Set<String> told = new HashSet<>();
    private volatile String last = "";

    /**
     * @param what failed, for the log; for example {@code "node home: a round of watching"}
     * @param log receives a line for each new cause
     */
    public Faults(String what, Consumer<String> log) {
        this.what = Objects.requireNonNull(what, "what");
        this.log = Objects.requireNonNull(log, "log");
    }

    /**
     * Runs a round, and catches everything that it throws.
     *
     * @return whether it succeeded
     */
    public boolean survive(Runnable round) {
        try {
            round.run();
            passed();
            return true;
        } catch (Throwable e) {
            met(e);
            return false;
        }
    }

    /** Records that a round failed. Throws nothing, even if there is no memory left for a log line. */
    public void met(Throwable fault) {
        try {
            last = kind(fault);
            String trace = trace(fault);
            if (isNew(trace)) {
                log.accept(what + " failed (" + trace + "); it is tried again");
            }
        } catch (Throwable e) {
            last = "Throwable";
        }
    }

    private synchronized boolean isNew(String cause) {
        return told.size() < MOST_CAUSES && told.add(cause);
    }

    /** Records that a round succeeded. */
    public void passed() {
        last = "";
    }

    /** The type of the last round's failure; empty if it succeeded. */
    public String last() {
        return last;
    }

    /** The type of a failure, without its message. */
    public static String kind(Throwable fault) {
        String name = fault.getClass().getSimpleName();
        return name.isEmpty() ? fault.getClass().getName() : name;
    }

    /**
     * Describes a failure for a log: the message of an exception of ours, which is meant for people, otherwise
     * {@link #trace}.
     */
    public static String reason(Throwable fault) {
        String message = fault.getMessage();
        if (message == null || !(fault instanceof PartylineException || fault instanceof UnavailableException)) {
            return trace(fault);
        }
        return fault.getCause() == null ? message : message + " (" + trace(fault.getCause()) + ")";
    }

    /** Describes a failure and its causes for a log by their types and locations, without their messages. */
    public static String trace(Throwable fault) {
        StringBuilder trace = new StringBuilder(thrown(fault, MOST_FRAMES));
        Throwable cause = fault.getCause();
        for (int i = 0; i < MOST_CAUSES_OF_ONE && cause != null; i++) {
            trace.append(", caused by ").append(thrown(cause, MOST_FRAMES_OF_CAUSE));
            cause = cause.getCause();
        }
        return trace.toString();
    }

    private static String thrown(Throwable fault, int frames) {
        String state = fault instanceof SQLException sql && sql.getSQLState() != null ? " " + sql.getSQLState() : "";
        String place = place(fault.getStackTrace(), frames);
        return kind(fault) + state + (place.isEmpty() ? "" : " at " + place);
    }

    /** The location of the throw, and the program's last calls that led to it; empty if Java recorded none. */
    private static String place(StackTraceElement[] calls, int frames) {
        return IntStream.range(0, calls.length)
                .filter(i -> i == 0 || isOurs(calls[i]))
                .filter(i -> !calls[i].getClassName().equals(Faults.class.getName()))
                .limit(frames + (calls.length > 0 && isOurs(calls[0]) ? 0L : 1L))
                .mapToObj(i -> name(calls[i]))
                .collect(Collectors.joining(" < "));
    }

    private static boolean isOurs(StackTraceElement call) {
        return call.getClassName().startsWith(OURS);
    }

    private static String name(StackTraceElement call) {
        String type = call.getClassName();
        return (isOurs(call) ? type.substring(OURS.length()) : type) + "." + call.getMethodName() + ":"
                + call.getLineNumber();
    }
}
