package org.partyline.storepostgresql.lock;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * The process's own input and outputs. Karaf's shell puts others in their place while it runs, may leave them there when it is stopped
 * in the middle of a command, and then refuses to start again.
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
