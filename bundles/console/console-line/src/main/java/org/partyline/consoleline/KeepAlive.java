package org.partyline.consoleline;

import org.apache.karaf.shell.api.console.Session;

/** Reports that a console is in use while a command prints nothing for a long time. */
public final class KeepAlive {
    /** The session variable with the {@link Runnable} that reports it. Without one, the console stays open anyway. */
    public static final String VARIABLE = ".partyline.keep-alive";

    private KeepAlive() {}

    /** Reports it once; an SSH connection that is silent for its idle timeout is closed. */
    public static void of(Session session) {
        if (session.get(VARIABLE) instanceof Runnable keeping) {
            keeping.run();
        }
    }
}
