package org.partyline.api.packet;

/** The label for deriving a packet's key (PROTOCOL 2.2). */
public enum PacketLabel {
    /** Sealed under a channel's or an inbox's root (PROTOCOL 4). */
    SEALED("sealed", Packets.SEALED_LOCATOR),
    /** On a sender's chain (PROTOCOL 5). */
    RATCHET("ratchet", Packets.CHAIN_LOCATOR),
    /** The answer to a handshake (PROTOCOL 6). */
    REPLY("reply", Packets.CHAIN_LOCATOR);

    private final String text;
    private final int locatorLength;

    PacketLabel(String text, int locatorLength) {
        this.text = text;
        this.locatorLength = locatorLength;
    }

    /** The label's ASCII text. */
    public String text() {
        return text;
    }

    /** The length of such a packet's locator: 8 or 16 bytes. */
    public int locatorLength() {
        return locatorLength;
    }
}
