package org.partyline.api;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Runs work that must survive any failure: a scheduled task that throws is never run again, and a stranger may cause an
 * {@link OutOfMemoryError} or a {@link StackOverflowError}.
 *
 * <p>Each cause is told once, at most {@value #MOST_CAUSES} of them, by its type and place only: its message may hold what a stranger
 * sent. Thread-safe.
 */
public final class Faults {
    /** The maximum number of causes that are logged. */
    public static final int MOST_CAUSES = 32;

    private static final int MOST_FRAMES = 6;
    private static final String OURS = "org.partyline.";

    private final String what;
    private final Consumer<String> log;
    private final Set<String> told = new HashSet<>();
    private volatile String last = "";

    /**
     * @param what failed, for the log; for example {@code "node home: a round of watching"}
     * @param log takes a line for each new cause
     */
    public Faults(String what, Consumer<String> log) {
        this.what = Objects.requireNonNull(what, "what");
        this.log = Objects.requireNonNull(log, "log");
    }

    /**
     * Runs a round; lets nothing out.
     *
     * @return whether it went well
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

    /** A round failed. Lets nothing out, even where there is no memory left to say so. */
    public void met(Throwable fault) {
        try {
            last = kind(fault);
            String place = place(fault);
            String line = what + " failed (" + last + (place.isEmpty() ? "" : " at " + place) + "); it is tried again";
            if (isNew(last + place)) {
                log.accept(line);
            }
        } catch (Throwable e) {
            last = "Throwable";
        }
    }

    private synchronized boolean isNew(String cause) {
        return told.size() < MOST_CAUSES && told.add(cause);
    }

    /** A round went well. */
    public void passed() {
        last = "";
    }

    /** The type of what the last round failed of; empty when it went well. */
    public String last() {
        return last;
    }

    /** What it is, without what it says. */
    public static String kind(Throwable fault) {
        String name = fault.getClass().getSimpleName();
        return name.isEmpty() ? fault.getClass().getName() : name;
    }

    /** The last calls of ours that led to it; empty where Java kept none. */
    private static String place(Throwable fault) {
        return Arrays.stream(fault.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith(OURS)
                        && !frame.getClassName().equals(Faults.class.getName()))
                .limit(MOST_FRAMES)
                .map(frame -> frame.getClassName().substring(OURS.length()) + "." + frame.getMethodName() + ":"
                        + frame.getLineNumber())
                .collect(Collectors.joining(" < "));
    }
}
