package org.partyline.consoleline;

/** A command that requires a role. One of ours that does not is for the {@linkplain Role#OWNER owner}. */
public interface Restricted {
    /** What one needs to run it. */
    Role role();
}
