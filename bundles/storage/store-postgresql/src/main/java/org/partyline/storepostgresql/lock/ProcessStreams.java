package org.partyline.storepostgresql.lock;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * The process's own input and outputs. While Karaf's shell runs it replaces them; if it is stopped during a command, it
 * may leave the replacements in place, and then refuses to start again.
 */
record ProcessStreams(InputStream in, PrintStream out, PrintStream err) {
    static ProcessStreams ofThisProcess() {
        return new ProcessStreams(System.in, System.out, System.err);
    }

    void restore() {
        System.setIn(in);
        System.setOut(out);
        System.setErr(err);
    }
}
