package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;

/**
 * The mailbox on a bench, with members of a channel who make remarks about messages: it receives opened packets, as
 * from reading.
 */
final class RemarkBench implements AutoCloseable {
    final StageBench stage = new StageBench();
    final Inbox inbox;
    final Outbox outbox;
    final ChannelMembership lobby;
    private int chains;
    /** The packet of the next text; null for any. */
    private byte @Nullable [] next;

    RemarkBench() throws StoreException {
        MailboxStage mailbox = stage.add(MailboxStage::new);
        inbox = StageBench.offered(mailbox, Inbox.class);
        outbox = StageBench.offered(mailbox, Outbox.class);
        lobby = stage.join("lobby", Mode.RATCHET);
    }

    /** A sender on a chain, signed or not. */
    final class Voice {
        private final String name;
        private final int chain;
        private final int signer;
        /** Shared by senders on the same chain. */
        private final int[] said;

        private Voice(String name, int chain, int signer, int[] said) {
            this.name = name;
            this.chain = chain;
            this.signer = signer;
            this.said = said;
        }

        /** Returns a sender on the same chain, with a signature. @param by the signer, as in a {@link MessageRecord} */
        Voice signed(int by) {
            return new Voice(name, chain, by, said);
        }

        private String session() {
            return "%016x".formatted(chain);
        }

        /** Simulates a text that is stored. */
        Inbox.Arrival text(Conversation to, String words, boolean burn) throws StoreException {
            return come(to, PacketType.TEXT, words.getBytes(StandardCharsets.UTF_8), burn, OptionalInt.empty());
        }

        Inbox.Arrival text(String words) throws StoreException {
            return text(lobby, words, false);
        }

        Inbox.Arrival remark(Conversation in, ControlBody body) throws StoreException {
            return come(in, PacketType.CONTROL, body.encode(), false, OptionalInt.empty());
        }

        Inbox.Arrival remark(ControlBody body) throws StoreException {
            return remark(lobby, body);
        }

        Inbox.Arrival remark(ControlBody body, int ttlMinutes) throws StoreException {
            return come(lobby, PacketType.CONTROL, body.encode(), false, OptionalInt.of(ttlMinutes));
        }

        private Inbox.Arrival come(Conversation to, PacketType type, byte[] body, boolean burn, OptionalInt ttlMinutes)
                throws StoreException {
            byte[] payload = type == PacketType.TEXT && next != null ? next : payload();
            next = payload == next ? null : next;
            Candidate candidate = Candidate.of(
                    Network.REGTEST, payload, TxId.ofStripped(payload), Optional.empty(), stage.clock.instant(), "a");
            Inbox.Source source = new Inbox.Source(
                    to,
                    candidate,
                    candidate.id(),
                    name,
                    chain,
                    stage.clock.instant().getEpochSecond(),
                    said[0]++,
                    "{}",
                    signer,
                    session());
            Content content = new Content(
                    type,
                    burn,
                    stage.clock.instant().getEpochSecond(),
                    ttlMinutes,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    body);
            return stage.guard.open(() -> {
                Inbox.Arrival arrival = stage.guard.transact(tx -> inbox.accept(tx, source, content));
                inbox.arrived(source, arrival);
                return arrival;
            });
        }
    }

    private byte[] payload() {
        byte[] payload = new byte[80];
        stage.random.nextBytes(payload);
        payload[0] = Packets.VERSION;
        return payload;
    }

    /** Returns the locator of the next text. */
    Locator next() {
        byte[] payload = payload();
        next = payload;
        return Locator.of(payload, 1, Locator.WHOLE);
    }

    /** Makes the next text have another packet whose locator begins like that of another one. */
    void nextLike(Locator other) {
        byte[] payload = payload();
        byte[] begin = HexFormat.of().parseHex(other.shortened().hex());
        System.arraycopy(begin, 0, payload, 1, begin.length);
        next = payload;
    }

    /** Returns a sender that begins a chain, and does not sign. */
    Voice voice(String name) {
        return new Voice(name, ++chains, SignerId.NOBODY, new int[1]);
    }

    /** Adds a text of our own that was sent. @param same a sender on the same chain, since members know each other's */
    void ours(String words, Voice same) throws StoreException {
        stage.queue(lobby, words);
        byte[] packet = new byte[80];
        stage.random.nextBytes(packet);
        MessageRecord named = with(words).named(packet, HexFormat.of().parseHex(same.session()));
        stage.guard.transact(tx -> {
            MessageRecords.put(tx, named);
            return null;
        });
    }

    /** Makes a remark of our own about a message, and sends it. */
    void say(MessageRecord about, ControlBody body) throws PartylineException {
        say(about.membership(), about.expires(), Optional.of(about.id()), body);
    }

    /** The same, after the message that it is about was forgotten. */
    void sayOfNothing(ControlBody body) throws PartylineException {
        say(lobby.id(), stage.clock.millis() + 3_600_000, Optional.empty(), body);
    }

    private void say(int conversation, long expires, Optional<Long> about, ControlBody body) throws PartylineException {
        long id = stage.guard.transact(tx -> {
            long now = stage.clock.millis();
            OutgoingMessage queued = new OutgoingMessage(
                    Tables.next(tx, "message"),
                    conversation,
                    State.QUEUED,
                    "",
                    now,
                    expires,
                    0,
                    false,
                    0,
                    List.of(),
                    PacketType.CONTROL.code(),
                    body.encode(),
                    false,
                    0,
                    "confirm",
                    false);
            OutgoingRecords.put(tx, queued);
            if (about.isPresent()) {
                new RemarkRecord(queued.id(), conversation, about.get(), "", (byte) 0, 0)
                        .put(tx, stage.clock.instant().plusSeconds(3600));
            }
            return queued.id();
        });
        long stamped = stage.clock.instant().getEpochSecond();
        outbox.change(id, now -> now.sealed(List.of(OutgoingPart.of(new byte[80])), stamped, false));
        outbox.changePart(
                id,
                0,
                part -> part.signed(new byte[10], new byte[32], 10, 1, "a", "").on(PacketEvent.TAKEN));
        assertTrue(stage.outgoing(id).isOut());
    }

    /** Returns all stored messages, in order. */
    List<MessageRecord> kept() throws StoreException {
        return stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class));
    }

    /** Returns a stored message by its text. */
    MessageRecord with(String words) throws StoreException {
        return kept().stream()
                .filter(message -> message.text().equals(words))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no message " + words));
    }

    Locator locator(String words) throws StoreException {
        return new Locator(with(words).locator());
    }

    /** Returns it as its readers see it. */
    Message shown(String words) throws StoreException {
        return new Views(stage.people).message(with(words), Optional.empty(), true);
    }

    @Override
    public void close() {
        stage.close();
    }
}
