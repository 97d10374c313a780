package org.partyline.consoleline;

import org.apache.karaf.shell.api.console.Session;

/** Reports that a console is in use while a command may print nothing for hours. */
public final class KeepAlive {
    /** Where a session keeps what is done for that, a {@link Runnable}. Without one its console stays open anyway. */
    public static final String VARIABLE = ".partyline.keep-alive";

    private KeepAlive() {}

    /** Says it once; an SSH connection that hears nothing for its idle timeout is closed. */
    public static void of(Session session) {
        if (session.get(VARIABLE) instanceof Runnable keeping) {
            keeping.run();
        }
    }
}
