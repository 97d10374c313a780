package org.partyline.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;

/**
 * An outgoing message's way.
 *
 * @param reason why it waits or failed; empty
 * @param expires until when it waits to leave; once it is out, until when it is looked after; in milliseconds
 * @param textBytes length of the text
 * @param type code of the {@link PacketType}
 * @param body what it says, where there is no {@link Records.Message} that has the words; null otherwise
 * @param sign whether its packets are signed
 * @param stamped its packets' timestamp, in seconds; 0 before they are sealed
 * @param rolling whether it rides in the persona's rolling transaction
 * @param opens whether its first packet opens a chain, without which the chain's others cannot be read
 */
record OutgoingMessage(
        long id,
        int membership,
        State state,
        String reason,
        long queued,
        long expires,
        int ttlMinutes,
        boolean burn,
        int textBytes,
        List<OutgoingPart> parts,
        int type,
        byte[] body,
        boolean sign,
        long stamped,
        boolean rolling,
        boolean opens) {
    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "OutgoingMessage";
    }

    OutgoingMessage with(State newState, String newReason) {
        return new OutgoingMessage(
                id,
                membership,
                newState,
                newReason,
                queued,
                expires,
                ttlMinutes,
                burn,
                textBytes,
                parts,
                type,
                body,
                sign,
                stamped,
                rolling,
                opens);
    }

    OutgoingMessage with(List<OutgoingPart> newParts) {
        return sealed(newParts, newParts.isEmpty() ? 0 : stamped, opens);
    }

    OutgoingMessage sealed(List<OutgoingPart> newParts, long timestamp, boolean newOpens) {
        return new OutgoingMessage(
                id,
                membership,
                state,
                reason,
                queued,
                expires,
                ttlMinutes,
                burn,
                textBytes,
                newParts,
                type,
                body,
                sign,
                timestamp,
                rolling,
                newOpens);
    }

    OutgoingMessage with(int index, OutgoingPart part) {
        List<OutgoingPart> changed = new ArrayList<>(parts);
        changed.set(index, part);
        return with(changed);
    }

    OutgoingMessage expiring(long time) {
        return new OutgoingMessage(
                id,
                membership,
                state,
                reason,
                queued,
                time,
                ttlMinutes,
                burn,
                textBytes,
                parts,
                type,
                body,
                sign,
                stamped,
                rolling,
                opens);
    }

    OutgoingMessage carried(boolean rolls) {
        return new OutgoingMessage(
                id,
                membership,
                state,
                reason,
                queued,
                expires,
                ttlMinutes,
                burn,
                textBytes,
                parts,
                type,
                body,
                sign,
                stamped,
                rolls,
                opens);
    }

    /** Whether nodes have taken all of it, though some may have to ride again. */
    boolean isOut() {
        return !parts.isEmpty() && parts.stream().allMatch(OutgoingPart::isOut);
    }

    /** Whether a node has taken some of it. */
    boolean isBegun() {
        return parts.stream().anyMatch(OutgoingPart::isOut);
    }

    /** When the first of its packets left that have to ride again, in milliseconds; empty: none has to. */
    OptionalLong ridesAgain() {
        return parts.stream()
                .filter(OutgoingPart::ridesAgain)
                .mapToLong(OutgoingPart::left)
                .min();
    }

    /** Whether a transaction was made for some of it. */
    boolean isPaid() {
        return parts.stream()
                .anyMatch(part -> part.raw() != null || !part.earlier().isEmpty());
    }

    /** When its readers drop it, in milliseconds: the time to live that they were told counts from its timestamp. */
    OptionalLong dropped() {
        return ttlMinutes == 0 || stamped == 0
                ? OptionalLong.empty()
                : OptionalLong.of((stamped + 60L * ttlMinutes) * 1000);
    }

    /** When it is given up if it is not out, in milliseconds; when nothing more is done for it if it is. */
    long ends() {
        return isOut() ? expires : Math.min(expires, dropped().orElse(Long.MAX_VALUE));
    }

    /** Whether it opens or answers a handshake: it waits for nothing that is before it. */
    boolean isHandshake() {
        return type == PacketType.HANDSHAKE_INIT.code() || type == PacketType.HANDSHAKE_RESP.code();
    }

    /** Whether a session cannot go on without it, and it cannot be sealed again. */
    boolean carriesSession() {
        return type == PacketType.HANDSHAKE_RESP.code() || type == PacketType.KEY_UPDATE.code();
    }

    /** Whether it is somebody's words. */
    boolean isText() {
        return type == PacketType.TEXT.code();
    }

    /** Satoshi that its signed transactions pay. */
    long fee() {
        return parts.stream().mapToLong(OutgoingPart::fee).sum();
    }

    /** Whether a node may have got any of it. */
    boolean left() {
        return parts.stream().anyMatch(part -> part.attempted() || part.left() != 0);
    }

    /** The state that follows from the parts', once it is sealed. */
    State progress() {
        State least = State.CONFIRMED;
        boolean replaced = false;
        for (OutgoingPart part : parts) {
            replaced |= part.state() == State.REPLACED;
            if (part.state().ordinal() < least.ordinal()) {
                least = part.state();
            }
        }
        return least == State.CONFIRMED && replaced ? State.REPLACED : least;
    }
}
