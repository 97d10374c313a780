package org.partyline.messaging.conversation;

/** The kind of conversation that a chain belongs to. */
public enum ChainKind {
    /** A channel member's messages. */
    CHANNEL,
    /** A contact's messages. */
    SESSION,
    /** The answer to a handshake of ours. */
    REPLY,
    /** What a contact would write who is the one who opened; its {@code handshake} is the number of what was answered. */
    CANDIDATE,
    /** The answer to a handshake of the other side, which is ours to give: another one is a copy's of this server. */
    ANSWERED
}
