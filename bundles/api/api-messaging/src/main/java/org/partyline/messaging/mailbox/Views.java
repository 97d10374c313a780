package org.partyline.messaging.mailbox;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;

/** Converts records for callers. */
public final class Views {
    private final People people;
    private final Map<Network, Integer> tips;

    /** Views without numbers of confirmations. */
    public Views(People people) {
        this(people, Map.of());
    }

    /** @param tips the height of the nodes' chain, by network */
    public Views(People people, Map<Network, Integer> tips) {
        this.people = people;
        this.tips = tips;
    }

    /** The number of confirmations of a block. @param block its height; negative: none */
    private OptionalInt confirmations(int conversation, int block) {
        Conversation found = people.conversations.find(conversation);
        int tip = found == null ? -1 : tips.getOrDefault(found.network(), -1);
        return block < 0 || tip < block ? OptionalInt.empty() : OptionalInt.of(tip - block + 1);
    }

    public String persona(int conversation) {
        Conversation found = people.conversations.find(conversation);
        return found == null ? "" : people.personas.name(found.persona());
    }

    /** The name of the channel or contact. */
    public String channel(int conversation) {
        Conversation found = people.conversations.find(conversation);
        return found == null ? "" : found.name();
    }

    /** The conversation's id for programs; empty if it was removed. */
    public Optional<String> id(int conversation) {
        return people.conversations.find(conversation) == null
                ? Optional.empty()
                : Optional.of(Conversations.Conversation.id(
                        persona(conversation), isDirect(conversation), channel(conversation)));
    }

    /** Whether a reader may see it. */
    public boolean isIn(Conversations.Selection seen, int conversation) {
        return seen.isEverything()
                || id(conversation)
                        .filter(id -> seen.has(persona(conversation), id))
                        .isPresent();
    }

    public boolean isDirect(int conversation) {
        return people.conversations.contact(conversation) != null;
    }

    /** The sender of a message: its nickname in a channel, otherwise the contact's local name. */
    public String sender(MessageRecord entry) {
        if (entry.outgoing()) {
            return persona(entry.membership());
        }
        boolean said = !entry.notice() || entry.gap() != null;
        return isDirect(entry.membership()) && said ? channel(entry.membership()) : entry.sender();
    }

    private Optional<String> signedBy(int signer, MessageRecord entry) {
        return switch (signer) {
            case SignerId.NOBODY -> Optional.empty();
            case SignerId.SELF -> Optional.of(persona(entry.membership()));
            case SignerId.UNKNOWN -> Optional.of("an unknown key");
            case SignerId.WRONG -> Optional.of("unknown: the signature is wrong");
            default -> {
                ContactConversation contact = people.conversations.contact(signer);
                yield Optional.of(contact == null ? "a contact that was removed" : contact.name());
            }
        };
    }

    private static String kind(OutgoingMessage entry) {
        String kind = remark(entry.control());
        return !kind.isEmpty() ? kind : packet(entry);
    }

    private static String remark(byte control) {
        return switch (control) {
            case ControlCodes.REACT -> "reaction";
            case ControlCodes.REPLY -> "reply";
            case ControlCodes.EDIT -> "edit";
            case ControlCodes.FORGET -> "forget";
            default -> "";
        };
    }

    private static String packet(OutgoingMessage entry) {
        return switch (PacketType.ofCode(entry.type()).orElse(PacketType.TEXT)) {
            case HANDSHAKE_INIT -> "handshake";
            case HANDSHAKE_RESP -> "answer";
            case KEY_UPDATE -> "key update";
            case CONTROL -> "control";
            case DECOY -> "decoy";
            default -> "message";
        };
    }

    /** The annotations of a message. @param original the message that it replies to, if that is stored */
    private Messages.Remarks remarks(MessageRecord entry, Optional<MessageRecord> original) {
        Annotations annotations = entry.annotations();
        return new Messages.Remarks(
                !annotations.reply().isEmpty(),
                original.map(message ->
                        new Messages.Quote(message.id(), sender(message), message.outgoing(), message.text())),
                annotations.edited() == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(annotations.edited())),
                annotations.reactions().stream()
                        .filter(reaction -> !reaction.reaction().isEmpty())
                        .map(reaction -> reaction(entry, reaction))
                        .toList(),
                !entry.outgoing()
                        && !entry.notice()
                        && !entry.burn()
                        && Mentions.of(entry.text(), persona(entry.membership())),
                time(annotations.delivered()),
                time(annotations.read()));
    }

    private static Optional<Instant> time(long milliseconds) {
        return milliseconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(milliseconds));
    }

    private Messages.Reaction reaction(MessageRecord entry, StoredReaction reaction) {
        boolean own = reaction.by().equals(StoredReaction.OWN);
        String sender = own
                ? persona(entry.membership())
                : isDirect(entry.membership()) ? channel(entry.membership()) : reaction.name();
        return new Messages.Reaction(
                sender, own, reaction.reaction(), own ? Optional.empty() : signedBy(reaction.signer(), entry));
    }

    /**
     * A message that is not a reply, or whose original is not stored.
     *
     * @param text whether a burn message's text is shown
     */
    public Messages.Message message(MessageRecord entry, Optional<Messages.State> state, boolean text) {
        return message(entry, state, text, Optional.empty());
    }

    /**
     * @param text whether a burn message's text is shown
     * @param original the message that it replies to; empty if not stored
     */
    public Messages.Message message(
            MessageRecord entry, Optional<Messages.State> state, boolean text, Optional<MessageRecord> original) {
        String persona = persona(entry.membership());
        return new Messages.Message(
                entry.id(),
                persona,
                isDirect(entry.membership()),
                channel(entry.membership()),
                entry.outgoing(),
                sender(entry),
                entry.legacy(),
                entry.burn(),
                entry.burn() && !text ? Optional.empty() : Optional.of(text(entry)),
                Instant.ofEpochSecond(entry.sent()),
                Instant.ofEpochMilli(entry.arrived()),
                Instant.ofEpochMilli(entry.expires()),
                entry.sequence() < 0 ? OptionalInt.empty() : OptionalInt.of(entry.sequence()),
                entry.transactions().stream().map(TxId::ofBytes).toList(),
                entry.block() < 0 ? OptionalInt.empty() : OptionalInt.of(entry.block()),
                state,
                entry.notice(),
                signedBy(entry.signer(), entry),
                remarks(entry, original),
                Optional.ofNullable(entry.gap())
                        .map(gap -> new Messages.Gap(gap.most(), gap.first(), gap.last(), gap.mayArrive())),
                doubt(entry),
                confirmations(entry.membership(), entry.block()));
    }

    /** The text; for a gap, with its sender's present name. */
    private String text(MessageRecord entry) {
        if (entry.gap() == null) {
            return entry.text();
        }
        return isDirect(entry.membership())
                ? GapText.ofContact(entry.gap(), channel(entry.membership()))
                : GapText.ofNickname(entry.gap(), entry.sender());
    }

    private static Messages.Doubt doubt(MessageRecord entry) {
        return switch (entry.doubt()) {
            case MessageRecord.MAY_BE_UNREAD -> Messages.Doubt.MAY_BE_UNREAD;
            case MessageRecord.SENT_AGAIN -> Messages.Doubt.SENT_AGAIN;
            default -> Messages.Doubt.NONE;
        };
    }

    public Messages.Outgoing outgoing(OutgoingMessage entry) {
        return outgoing(entry, Optional.empty());
    }

    /** @param message the message with its text, which has its block; empty if none */
    public Messages.Outgoing outgoing(OutgoingMessage entry, Optional<MessageRecord> message) {
        List<Messages.Part> parts = entry.parts().stream()
                .map(part -> new Messages.Part(
                        part.packet().length,
                        part.state(),
                        Optional.ofNullable(part.transaction()).map(TxId::ofBytes),
                        part.vsize(),
                        part.fee(),
                        part.node()))
                .toList();
        return new Messages.Outgoing(
                entry.id(),
                persona(entry.membership()),
                isDirect(entry.membership()),
                channel(entry.membership()),
                kind(entry),
                entry.shown(),
                entry.reason(),
                Instant.ofEpochMilli(entry.queued()),
                Instant.ofEpochMilli(entry.expires()),
                entry.burn(),
                entry.textBytes(),
                parts,
                new Messages.Carrier(entry.carrier()),
                entry.state() == Messages.State.CONFIRMED && message.isPresent()
                        ? confirmations(entry.membership(), message.get().block())
                        : OptionalInt.empty());
    }
}
