package org.partyline.api.panic;

import org.osgi.annotation.versioning.ConsumerType;

/** Closes open connections of one kind. A service. */
@ConsumerType
public interface Severable {
    /** The name under which a console session stores its mark. */
    String MARK = "partyline.panic";

    /** The connections' name, in one or two words, plural. */
    String name();

    /**
     * Closes all of them at once; their users may open new ones.
     *
     * @param mark the value under {@link #MARK} of the session that is not to be closed
     * @return the number of closed connections
     */
    int sever(String mark);
}
