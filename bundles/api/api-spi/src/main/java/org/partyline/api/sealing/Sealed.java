package org.partyline.api.sealing;

import java.util.List;
import org.partyline.api.SecretBytes;

/** What a sealer makes of a message. */
public final class Sealed implements AutoCloseable {
    /** The largest state, in bytes. */
    public static final int MAX_STATE = 16_384;
    /** The longest reason, in characters. */
    public static final int MAX_REASON = 200;

    private final List<byte[]> packets;
    private final SecretBytes state;
    private final String reason;

    private Sealed(List<byte[]> packets, SecretBytes state, String reason) {
        this.packets = packets;
        this.state = state;
        this.reason = reason;
    }

    /**
     * It is sealed.
     *
     * @param packets 1 to {@value org.partyline.api.packet.Packets#MAX_FRAGMENTS}, each unlike every other one of this sealer, in the order in which
     *     they leave
     * @param state what the sealer is to be given with the next message, at most {@value #MAX_STATE} bytes; copied, and still the caller's to wipe
     * @throws IllegalArgumentException when there are none or too many, or the state is too large
     */
    public static Sealed of(List<byte[]> packets, byte[] state) {
        if (packets.isEmpty() || packets.size() > PacketRoom.MAX_PACKETS) {
            throw new IllegalArgumentException(
                    "a message has 1 to " + PacketRoom.MAX_PACKETS + " packets, not " + packets.size());
        }
        if (state.length > MAX_STATE) {
            throw new IllegalArgumentException(
                    "a sealer's state has at most " + MAX_STATE + " bytes, not " + state.length);
        }
        return new Sealed(packets.stream().map(byte[]::clone).toList(), SecretBytes.copyOf(state), "");
    }

    /**
     * It cannot be sealed now, and is asked for again.
     *
     * @param reason what it waits for, in one line that the operator reads after "it waits for "; nothing secret
     * @throws IllegalArgumentException when that is no short line
     */
    public static Sealed waits(String reason) {
        if (reason.isBlank() || reason.length() > MAX_REASON || reason.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a reason is a line of 1 to " + MAX_REASON + " characters");
        }
        return new Sealed(List.of(), SecretBytes.wrap(new byte[0]), reason);
    }

    /** Whether it is {@link #waits}. */
    public boolean isWaiting() {
        return packets.isEmpty();
    }

    /** Copies; none where it waits. */
    public List<byte[]> packets() {
        return packets.stream().map(byte[]::clone).toList();
    }

    /** The new state; this object's to wipe. */
    public SecretBytes state() {
        return state;
    }

    /** What it waits for; empty where it is sealed. */
    public String reason() {
        return reason;
    }

    /** Wipes the state. */
    @Override
    public void close() {
        state.close();
    }

    /** Shows neither packets nor state. */
    @Override
    public String toString() {
        return isWaiting() ? "Sealed[waits]" : "Sealed[" + packets.size() + " packets]";
    }
}
