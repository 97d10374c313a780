package org.partyline.mailbox;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.FragmentRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;

/** The inbox on a bench, with a channel in which someone talks: it receives opened packets, as from reading. */
final class InboxBench implements AutoCloseable {
    final HandSetClock clock = new HandSetClock();
    final StageBench stage = new StageBench(clock);
    final StoredInbox inbox;
    final ChannelMembership lobby;
    private int packets;

    InboxBench() throws StoreException {
        MailboxStage mailbox = stage.add(MailboxStage::new);
        inbox = (StoredInbox) StageBench.offered(mailbox, Inbox.class);
        lobby = stage.join("lobby", Mode.RATCHET);
    }

    /** Returns a packet that a node reports. */
    Candidate packet() {
        byte[] payload = ByteBuffer.allocate(80).put((byte) 2).putInt(++packets).array();
        return Candidate.of(
                Network.REGTEST,
                payload,
                TxId.ofStripped(new byte[] {(byte) packets, (byte) (packets >>> 8)}),
                Optional.empty(),
                clock.instant(),
                "b");
    }

    /** Simulates the arrival of content at a position of a chain; -1 for no chain. */
    Inbox.Arrival come(Conversation to, int chain, int position, Content content) throws StoreException {
        return come(packet(), to, chain, position, content);
    }

    /** The same in a given packet. */
    Inbox.Arrival come(Candidate candidate, Conversation to, int chain, int position, Content content)
            throws StoreException {
        return come(candidate, to, chain, position, content, SignerId.NOBODY);
    }

    /** The same, signed. */
    Inbox.Arrival come(Candidate candidate, Conversation to, int chain, int position, Content content, int signer)
            throws StoreException {
        Inbox.Source source = new Inbox.Source(
                to,
                candidate,
                candidate.id(),
                "mallory",
                chain,
                clock.instant().getEpochSecond(),
                position,
                "{}",
                signer,
                chain < 0 ? "" : "%016x".formatted(chain));
        return stage.guard.open(() -> {
            Inbox.Arrival arrival = stage.guard.transact(tx -> inbox.accept(tx, source, content));
            inbox.arrived(source, arrival);
            return arrival;
        });
    }

    /** Simulates that the node reports a block that contains the packet. */
    void sighted(Candidate packet, BlockRef block) throws StoreException {
        stage.guard.<Void, StoreException>open(() -> {
            inbox.sighting(
                    packet.id(),
                    Candidate.of(
                            Network.REGTEST,
                            packet.payload(),
                            TxId.ofBytes(packet.transaction()),
                            Optional.of(block),
                            clock.instant(),
                            packet.node()));
            return null;
        });
    }

    /** The same in the lobby. */
    Inbox.Arrival say(int chain, int position, Content content) throws StoreException {
        return come(lobby, chain, position, content);
    }

    Content text(String words) {
        return Content.of(PacketType.TEXT, clock.instant(), words.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a fragment of a text. */
    Content piece(int message, int index, int count, String words) {
        byte[] body = ((index == 0 ? (char) PacketType.TEXT.code() : "") + words).getBytes(StandardCharsets.UTF_8);
        return piece(message, index, count, body);
    }

    /** Returns a fragment. @param body that of the first one begins with the code of its type */
    Content piece(int message, int index, int count, byte[] body) {
        return new Content(
                PacketType.FRAGMENT,
                false,
                clock.instant().getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new FragmentHeader(message, index, count)),
                Optional.empty(),
                body);
    }

    /** Returns the received messages, in the order in which they are stored. */
    List<MessageRecord> kept() throws StoreException {
        return stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class));
    }

    /** Their texts. */
    List<String> texts() throws StoreException {
        return kept().stream().map(MessageRecord::text).toList();
    }

    /** Returns the events about these that programs received. */
    List<String> told() {
        return stage.events.stream()
                .flatMap(event -> event.message().stream())
                .map(message -> message.text().orElse("(burn)"))
                .toList();
    }

    /** Returns how many fragments wait for others. */
    int pieces() {
        return stage.store.count(FragmentRecord.TABLE);
    }

    @Override
    public void close() {
        stage.close();
    }
}
