package org.partyline.testkit;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Collects what is logged while something runs. Only where the logger is slf4j-simple and prints to standard error. */
public final class Logged {
    private Logged() {}

    /** What is logged meanwhile. */
    @FunctionalInterface
    public interface Work {
        /** Does it. */
        void run() throws Exception;
    }

    /**
     * Runs something once.
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
