package org.partyline.messaging.conversation;

/** The kind of conversation that a chain belongs to. */
public enum ChainKind {
    /** A channel member's messages. */
    CHANNEL,
    /** A contact's messages. */
    SESSION,
    /** The answer to a handshake of ours. */
    REPLY,
    /**
     * Messages of a contact who may be the one that opened a session; {@code handshake} is the number of the answered
     * handshake.
     */
    CANDIDATE,
    /** Answers to a handshake that we answered: an unknown answer is by a copy of this server. */
    ANSWERED
}
