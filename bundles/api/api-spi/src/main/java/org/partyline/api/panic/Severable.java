package org.partyline.api.panic;

import org.osgi.annotation.versioning.ConsumerType;

/** Closes open connections of one kind. A service. */
@ConsumerType
public interface Severable {
    /** Under which name a console's session holds the mark of who asks. */
    String MARK = "partyline.panic";

    /** What is cut, in one or two words, plural. */
    String name();

    /**
     * Closes all of them at once; whoever needs them may make new ones.
     *
     * @param mark what the session holds under {@link #MARK} that is not to be closed
     * @return how many were closed
     */
    int sever(String mark);
}
