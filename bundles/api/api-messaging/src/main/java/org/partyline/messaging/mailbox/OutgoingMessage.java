package org.partyline.messaging.mailbox;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.control.Locator;

/**
 * The states of an outgoing message and its packets.
 *
 * @param reason why it waits or failed; empty
 * @param expires when it is given up if it has not left; otherwise, when its tracking ends; in milliseconds
 * @param textBytes length of the text
 * @param type code of the {@link PacketType}
 * @param body its content if the inbox has no message with the text; for a reply, the part before the text; otherwise
 *     null
 * @param sign whether its packets are signed
 * @param stamped its packets' timestamp, in seconds; 0 before sealing
 * @param carrier the id of its carrier
 * @param opens whether its first packet opens a chain, whose other packets cannot be read without it
 * @param session the id of the channel's chain that its packets use or open, 16 hex digits; empty if none
 * @param lostOpener the message that opened its chain, if that opener is lost, so that readers who missed the opener
 *     cannot read this one; its own number if it was mined too late for readers who had missed it before; 0: neither
 * @param held whether the reason is a decision that a person must make; it is cleared with the reason
 * @param via the node to send its packets through; empty for any
 */
@RecordBuilder
public record OutgoingMessage(
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
        byte @Nullable [] body,
        boolean sign,
        long stamped,
        String carrier,
        boolean opens,
        String session,
        long lostOpener,
        boolean held,
        String via) {
    /** Set for a message whose block was disconnected, until it is in another. */
    public static final String BLOCK_GONE =
            "its block was removed from the chain: it is watched, and sent again to nodes that lost it";

    /** Set for a message of which nothing left before its time to live ended. */
    public static final String NOT_SENT = "its time to live ended before it could be sent";

    /** Reasons that are shown for a message that is out, and that it does not wait for. */
    private static final Set<String> REMARKS = Set.of(BLOCK_GONE);
    /** Precedes the number of peers that its node sent it to privately. */
    private static final String PRIVATELY = "sent privately to ";

    /** The maximum age of packets that readers accept, at the time of their block (PROTOCOL 2.3). */
    private static final Duration OLDEST = Duration.ofHours(24);

    public OutgoingMessage {
        session = session == null ? "" : session;
        via = via == null ? "" : via;
    }

    /** A message without a chain. */
    public OutgoingMessage(
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
            byte @Nullable [] body,
            boolean sign,
            long stamped,
            String carrier,
            boolean opens) {
        this(
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
                carrier,
                opens,
                "",
                0,
                false,
                "");
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "OutgoingMessage";
    }

    private OutgoingMessage in(State newState, String newReason) {
        return OutgoingMessageBuilder.builder(this)
                .state(newState)
                .reason(newReason)
                .held(false)
                .build();
    }

    private OutgoingMessage made(
            List<OutgoingPart> newParts, long timestamp, boolean newOpens, String newSession, long newLostOpener) {
        return made(newParts, timestamp, newOpens, newSession, newLostOpener, held);
    }

    private OutgoingMessage made(
            List<OutgoingPart> newParts,
            long timestamp,
            boolean newOpens,
            String newSession,
            long newLostOpener,
            boolean newHeld) {
        return OutgoingMessageBuilder.builder(this)
                .parts(newParts)
                .stamped(timestamp)
                .opens(newOpens)
                .session(newSession)
                .lostOpener(newLostOpener)
                .held(newHeld)
                .build();
    }

    /** The same with another reason. */
    public OutgoingMessage because(String newReason) {
        return in(state, newReason);
    }

    /** The same, on hold for a person's decision. @param newReason the reason, and what to do */
    public OutgoingMessage onHold(String newReason) {
        OutgoingMessage waiting = in(state, newReason);
        return waiting.made(waiting.parts, stamped, opens, session, lostOpener, true);
    }

    /**
     * The shown state: a message that has not left is <em>on hold</em> while a person must decide something, and only
     * as long as its reason stays.
     */
    public State shown() {
        return held && (state == State.QUEUED || state == State.SEALED) ? State.ON_HOLD : state;
    }

    /** The same with the progress of a node that sends it to peers privately. */
    public OutgoingMessage sentPrivately(int peers) {
        String now = PRIVATELY + (peers == 0 ? "no peer yet" : peers == 1 ? "1 peer" : peers + " peers");
        return reason.equals(now) ? this : in(state, now);
    }

    /** After everything possible was done for now: a message that is out no longer shows an old reason. */
    public OutgoingMessage waitsNoMore() {
        boolean out = state == State.SENT || state == State.RELAYED;
        return !out || reason.isEmpty() || REMARKS.contains(reason) || reason.startsWith(PRIVATELY)
                ? this
                : in(state, "");
    }

    /** After {@link MessageEvent#SEALED}, without a channel's chain. @param timestamp of its packets, in seconds */
    public OutgoingMessage sealed(List<OutgoingPart> packets, long timestamp, boolean newOpens) {
        return sealed(packets, timestamp, newOpens, "");
    }

    /**
     * After {@link MessageEvent#SEALED}.
     *
     * @param timestamp of its packets, in seconds
     * @param newSession the id of the channel's chain that they use or open, 16 hex digits; empty if none
     */
    public OutgoingMessage sealed(List<OutgoingPart> packets, long timestamp, boolean newOpens, String newSession) {
        return made(packets, timestamp, newOpens, newSession, 0)
                .in(Delivery.message(state, MessageEvent.SEALED), "")
                .settled();
    }

    /** After {@link MessageEvent#UNSEALED}; unchanged if it is not sealed. */
    public OutgoingMessage unsealed(String why) {
        State after = Delivery.message(state, MessageEvent.UNSEALED);
        return after == state ? this : made(List.of(), 0, false, "", 0).in(after, why);
    }

    /** After a decision to end it; unchanged if it has ended. @param end EXPIRED, FAILED or RECALLED */
    public OutgoingMessage ended(MessageEvent end, String why) {
        State after = Delivery.message(state, end);
        return after == state && end != MessageEvent.RECALLED
                ? this
                : in(after, why).settled().withoutWords();
    }

    /** After a recall that could not begin. @param before the previous version */
    public OutgoingMessage notRecalled(OutgoingMessage before) {
        if (state != State.RECALLED) {
            return this;
        }
        OutgoingMessage again = in(before.state, before.reason);
        return again.settled();
    }

    /** Returns a copy with other packets; its state follows from theirs. */
    public OutgoingMessage with(List<OutgoingPart> newParts) {
        return made(newParts, stamped, opens, session, lostOpener).settled();
    }

    /**
     * Returns a copy with the fate of the message that opened its chain; unchanged if that is known (PROTOCOL 5,
     * "Openers must last").
     *
     * @param opener the opener's number if it is lost; 0 if it is not, or no longer
     */
    public OutgoingMessage openedBy(long opener) {
        if (opener == lostOpener) {
            return this;
        }
        OutgoingMessage changed = made(parts, stamped, opens, session, opener);
        // Shown at once, since it may take a while to be mined.
        return changed.in(state, changed.reasonOf(state)).settled();
    }

    /**
     * After some or all of its packets were mined. Readers reject a packet that is a day older than its block (PROTOCOL
     * 2.3), and have erased the keys of that day by then: a reader who did not see it before cannot read it.
     */
    public OutgoingMessage minedAt(Instant block) {
        boolean over = state == State.EXPIRED || state == State.RECALLED || state == State.FAILED;
        return (isWritten() || isAwaited())
                        && !over
                        && block.isAfter(Instant.ofEpochSecond(stamped).plus(OLDEST))
                ? openedBy(id)
                : this;
    }

    /** Whether it was mined too late for readers who had missed it before. */
    public boolean isLate() {
        return lostOpener != 0 && lostOpener == id;
    }

    /** Returns a copy with another packet at an index; its state follows from its packets. @param index from 0 */
    public OutgoingMessage with(int index, OutgoingPart part) {
        List<OutgoingPart> changed = new ArrayList<>(parts);
        changed.set(index, part);
        return with(changed);
    }

    /** Returns a copy with another price of a packet, and no other change. @param more satoshi; negative: less */
    public OutgoingMessage costing(int index, long more) {
        List<OutgoingPart> changed = new ArrayList<>(parts);
        changed.set(index, parts.get(index).costing(more));
        return made(changed, stamped, opens, session, lostOpener);
    }

    /** After an event of a packet; unchanged if the event changes nothing. @param index of the packet, from 0 */
    public OutgoingMessage on(int index, PacketEvent event) {
        OutgoingPart before = parts.get(index);
        OutgoingPart after = before.on(event);
        return after == before ? this : with(index, after);
    }

    /** Returns a copy in the state that follows from its packets' states. */
    private OutgoingMessage settled() {
        State after =
                Delivery.message(state, parts.stream().map(OutgoingPart::state).toList(), lostOpener == 0);
        if (state == State.RECALLED) {
            return takenBack(after);
        }
        return after == state ? this : in(after, reasonOf(after));
    }

    private String reasonOf(State now) {
        if (isLate()) {
            return "it was mined more than a day after it was sealed: readers who had not seen it before cannot read it";
        }
        return lostOpener == 0 || now == State.QUEUED
                ? ""
                : "readers who missed message " + lostOpener
                        + " cannot read this one: that message opened the chain of keys and is not in a block";
    }

    /** A recalled message, with the extent of the recall: mined packets cannot be recalled. */
    private OutgoingMessage takenBack(State after) {
        int all = parts.size();
        int mined = (int)
                parts.stream().filter(part -> part.state() == State.CONFIRMED).count();
        if (mined == 0) {
            return this;
        }
        return mined == all
                ? in(after, "it was mined before it could be recalled")
                : in(
                        after,
                        mined + " of " + all
                                + " packets are in a block and cannot be recalled; the others were recalled");
    }

    /** Returns a copy with another expiry. @param time in milliseconds */
    public OutgoingMessage expiring(long time) {
        return OutgoingMessageBuilder.builder(this).expires(time).build();
    }

    /** Through one node. @param node its name */
    public OutgoingMessage by(String node) {
        return OutgoingMessageBuilder.builder(this).via(node).build();
    }

    /** Returns a copy with another carrier. @param newCarrier its id */
    public OutgoingMessage carried(String newCarrier) {
        return OutgoingMessageBuilder.builder(this).carrier(newCarrier).build();
    }

    /** Whether it ended before all of it was sent, or was recalled: nobody hands over the rest of it. */
    public boolean isGivenUp() {
        return switch (state) {
            case FAILED, RECALLED -> true;
            case EXPIRED -> !isOut();
            case ON_HOLD, QUEUED, SEALED, SENT, RELAYED, CONFIRMED, REPLACED -> false;
        };
    }

    /**
     * Whether its sender has yet to see what became of it, after its time to live, too: a text, or a request to erase
     * one, has not reached a final state. An edit contains its text, and is not kept for longer. Or whether a session
     * must be ended because it was not sent, or the contact lacks new keys.
     */
    boolean isOpen() {
        boolean needed = isAwaited() || carriesSession() && !isOut();
        return (isText() || isControl(ControlCodes.FORGET) || needed) && !state.isSettled();
    }

    /**
     * Whether its contact lacks a session, or our new keys, unless a block has it in time: nothing repeats it, unlike a
     * key update.
     */
    public boolean isAwaited() {
        return type == PacketType.HANDSHAKE_RESP.code() || isControl(ControlCodes.ROTATE);
    }

    /** Whether nodes have accepted all of it, although some packets may have to be sent again. */
    public boolean isOut() {
        return !parts.isEmpty() && parts.stream().allMatch(OutgoingPart::isOut);
    }

    /** Whether a node has accepted some of it. */
    public boolean isBegun() {
        return parts.stream().anyMatch(OutgoingPart::isOut);
    }

    /**
     * Whether it is on hold after some of it, with the opener of its chain, has left: readers can read the messages
     * behind it.
     */
    public boolean isTooDear() {
        return held && !isOut() && !parts.isEmpty() && parts.get(0).state().compareTo(State.SEALED) > 0;
    }

    /** When the first of the packets that must be sent again left, in milliseconds; empty: none must. */
    public OptionalLong ridesAgain() {
        return parts.stream()
                .filter(OutgoingPart::ridesAgain)
                .mapToLong(OutgoingPart::left)
                .min();
    }

    /** Whether a transaction was made for some of it. */
    public boolean isPaid() {
        return parts.stream()
                .anyMatch(part -> part.raw() != null || !part.earlier().isEmpty());
    }

    /** When its readers delete it, in milliseconds: the time to live in the packet counts from its timestamp. */
    public OptionalLong dropped() {
        return ttlMinutes == 0 || stamped == 0
                ? OptionalLong.empty()
                : OptionalLong.of((stamped + 60L * ttlMinutes) * 1000);
    }

    /** When it is given up if it is not out; otherwise, when its tracking ends; in milliseconds. */
    public long ends() {
        return isOut() ? expires : Math.min(expires, dropped().orElse(Long.MAX_VALUE));
    }

    /** Whether it opens or answers a handshake, so that it waits for no earlier message. */
    public boolean isHandshake() {
        return type == PacketType.HANDSHAKE_INIT.code() || type == PacketType.HANDSHAKE_RESP.code();
    }

    /** Whether a session cannot continue without it, and it cannot be sealed again. */
    public boolean carriesSession() {
        return type == PacketType.HANDSHAKE_RESP.code() || type == PacketType.KEY_UPDATE.code();
    }

    /** Whether it is a person's text: a message, or a reply to one. */
    public boolean isText() {
        return type == PacketType.TEXT.code() || isControl(ControlCodes.REPLY);
    }

    /** Whether it is about an existing message: a reaction, an edit, or a request to erase it. */
    public boolean isRemark() {
        return isControl(ControlCodes.REACT) || isControl(ControlCodes.EDIT) || isControl(ControlCodes.FORGET);
    }

    /** Whether a person wrote it, rather than the session itself. */
    public boolean isWritten() {
        return isText() || isRemark();
    }

    /**
     * Whether it uses the carrier whose packets stay, whatever its conversation's carrier is: packets that open, renew,
     * move or end a session, without which one side could no longer read the other (PROTOCOL 5, "Openers must last").
     */
    public boolean mustLast() {
        return isHandshake()
                || type == PacketType.KEY_UPDATE.code()
                || isControl(ControlCodes.ROTATE)
                || isControl(ControlCodes.CLOSE)
                || isControl(ControlCodes.COPY);
    }

    /** Whether it is the last message on a session that another one replaced: it uses that session's chain. */
    public boolean isFarewell() {
        return body != null
                && body.length > 1
                && (isControl(ControlCodes.CLOSE)
                        || isControl(ControlCodes.COPY) && body[1] == ControlCodes.COPY_NOT_OPENED);
    }

    /** The code of its CONTROL body; 0 if none. */
    public byte control() {
        return type == PacketType.CONTROL.code() && body != null && body.length > 0 ? body[0] : 0;
    }

    /** Whether it is a fragment of a post-quantum key exchange. */
    public boolean isExchange() {
        return isControl(ControlCodes.KEM_KEY) || isControl(ControlCodes.KEM_ANSWER);
    }

    private boolean isControl(byte code) {
        return control() == code;
    }

    /**
     * The body of its packets. @param message the message with its text; null if the inbox has none: it is not a text
     */
    public byte[] says(@Nullable MessageRecord message) {
        byte[] own = body == null ? new byte[0] : body;
        if (!isText()) {
            return own;
        }
        byte[] words =
                Objects.requireNonNull(message, "a text has words").text().getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(own, own.length + words.length);
        System.arraycopy(words, 0, all, own.length, words.length);
        return all;
    }

    /**
     * Without the text of an edit, once nothing more of it will be sealed: the text is stored only with the message.
     */
    public OutgoingMessage withoutWords() {
        int header = 1 + Locator.WHOLE;
        if (body == null || !isControl(ControlCodes.EDIT) || body.length <= header) {
            return this;
        }
        return OutgoingMessageBuilder.builder(this)
                .body(Arrays.copyOf(body, header))
                .build();
    }

    /** The fees of its signed transactions, in satoshi. */
    public long fee() {
        return parts.stream().mapToLong(OutgoingPart::fee).sum();
    }

    /** Whether a node may have received any of it. */
    public boolean left() {
        return parts.stream().anyMatch(part -> part.attempted() || part.left() != 0);
    }
}
