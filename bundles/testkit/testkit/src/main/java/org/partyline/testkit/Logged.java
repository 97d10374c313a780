package org.partyline.testkit;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Collects the log output of some work. Requires that the logger is slf4j-simple and prints to standard error. */
public final class Logged {
    private Logged() {}

    /** The work whose log output is collected. */
    @FunctionalInterface
    public interface Work {
        /** Does the work. */
        void run() throws Exception;
    }

    /**
     * Does the work once.
     *
     * @return the lines that any thread logged meanwhile
     */
    public static String during(Work work) throws Exception {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(lines, true, StandardCharsets.UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return lines.toString(StandardCharsets.UTF_8);
    }
}
