package org.partyline.consoleline;

/** A command that requires a role. One of ours that is not restricted is for the {@linkplain Role#OWNER owner}. */
public interface Restricted {
    /** Returns the required role. */
    Role role();
}
