package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests which of the received messages are returned to whom, and for how long. */
class ReadingTest {
    private final StageBench bench = new StageBench();
    private final Messages messages = StageBench.offered(bench.add(MessagesStage::new), Messages.class);
    private ChannelMembership lobby;

    @BeforeEach
    void somethingCame() throws Exception {
        lobby = bench.join("lobby", Mode.RATCHET);
        receive(lobby, "mallory", "hello", Duration.ofHours(1), false);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long receive(ChannelMembership channel, String sender, String text, Duration life, boolean burn)
            throws Exception {
        Instant now = bench.clock.instant();
        return bench.guard.transact(tx -> {
            MessageRecord message = MessageRecordBuilder.builder()
                    .id(Tables.next(tx, "message"))
                    .membership(channel.id())
                    .sender(sender)
                    .burn(burn)
                    .text(text)
                    .chain(-1)
                    .chainOpened(now.getEpochSecond())
                    .sequence(-1)
                    .sent(now.getEpochSecond())
                    .arrived(now.toEpochMilli())
                    .expires(now.plus(life).toEpochMilli())
                    .block(-1)
                    .packets(List.of())
                    .transactions(List.of())
                    .views(List.of())
                    .signer(SignerId.NOBODY)
                    .locator("")
                    .build();
            MessageRecords.put(tx, message);
            return message.id();
        });
    }

    private List<String> texts(Messages.Query query) throws Exception {
        return messages.messages(query).stream()
                .map(message -> message.text().orElse("(burn)"))
                .toList();
    }

    @Test
    void whatExpiredIsNeitherListedNorRead() throws Exception {
        long id = receive(lobby, "mallory", "five minutes", Duration.ofMinutes(5), false);
        assertEquals(List.of("hello", "five minutes"), texts(Messages.Query.ALL));
        bench.clock.pass(Duration.ofMinutes(5));
        // Before maintenance has erased it.
        assertEquals(List.of("hello"), texts(Messages.Query.ALL));
        assertThrows(NoSuchThingException.class, () -> messages.read(id));
    }

    @Test
    void aMessageToBeBurntIsShownByReadAloneAndOnce() throws Exception {
        long id = receive(lobby, "mallory", "burn me", Duration.ofHours(1), true);
        assertEquals(List.of("hello", "(burn)"), texts(Messages.Query.ALL));
        assertEquals(Optional.of("burn me"), messages.read(id).text());
        assertThrows(NoSuchThingException.class, () -> messages.read(id));
        assertEquals(List.of("hello"), texts(Messages.Query.ALL));
    }

    @Test
    void messagesAreAskedForByPersonaChannelSenderAndTime() throws Exception {
        ChannelMembership cellar = bench.join(bench.persona("work"), Network.REGTEST, "cellar", Mode.RATCHET);
        bench.clock.pass(Duration.ofMinutes(1));
        Instant later = bench.clock.instant();
        receive(cellar, "trent", "down here", Duration.ofHours(1), false);
        Optional<String> any = Optional.empty();
        Optional<Instant> ever = Optional.empty();
        assertEquals(List.of("hello", "down here"), texts(new Messages.Query(any, any, any, ever)));
        assertEquals(List.of("hello"), texts(new Messages.Query(Optional.of("alice"), any, any, ever)));
        assertEquals(List.of("down here"), texts(new Messages.Query(any, Optional.of("cellar"), any, ever)));
        assertEquals(List.of("hello"), texts(new Messages.Query(any, any, Optional.of("mallory"), ever)));
        assertEquals(List.of("down here"), texts(new Messages.Query(any, any, any, Optional.of(later))));
        // A contact is not a channel, even if it has the same name.
        bench.know("cellar", bench.identities.generate(bench.random));
        assertEquals(List.of(), texts(new Messages.Query(any, any, any, ever, Optional.of("cellar"))));
    }

    private void standsIn(BlockRef block, long id) throws Exception {
        bench.guard.<Void, StoreException>transact(tx -> {
            MessageRecord message = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                    .orElseThrow();
            MessageRecords.put(tx, message.in(block.height(), List.of()));
            return null;
        });
    }

    private OptionalInt outboxSays(long id) throws Exception {
        return messages.outbox(true).stream()
                .filter(outgoing -> outgoing.id() == id)
                .findFirst()
                .orElseThrow()
                .confirmations();
    }

    @Test
    void confirmationsAreCountedFromTheNodesChainAsItIsNow() throws Exception {
        TestNetwork network = new TestNetwork(bench.clock);
        TestNetwork.Node node = network.node("a");
        bench.nodes.add(node);
        long theirs = receive(lobby, "bob", "theirs", Duration.ofHours(1), false);
        long ours = bench.queue(lobby, "ours");
        assertEquals(OptionalInt.empty(), messages.read(theirs).confirmations(), "it is in no block");
        BlockRef block = network.mine();
        standsIn(block, theirs);
        standsIn(block, ours);
        byte[] transaction = new byte[32];
        bench.outbox.change(
                ours,
                now -> now.sealed(
                        List.of(OutgoingPart.of(new byte[80])
                                .signed(new byte[] {1}, transaction, 202, 21, "a", "")
                                .minedIn(transaction)),
                        1,
                        false));
        assertEquals(OptionalInt.of(1), messages.read(theirs).confirmations());
        network.mine();
        network.mine();
        assertEquals(OptionalInt.of(3), messages.read(theirs).confirmations());
        assertEquals(OptionalInt.of(3), messages.read(ours).confirmations());
        assertEquals(OptionalInt.of(3), outboxSays(ours));
        assertEquals(
                OptionalInt.of(3),
                messages.shown(List.of(ours)).get(0).outgoing().orElseThrow().confirmations());
        node.down = true;
        assertEquals(OptionalInt.empty(), messages.read(theirs).confirmations(), "no node tells");
        node.down = false;
        network.disconnect(3, false);
        assertEquals(OptionalInt.empty(), outboxSays(ours), "its block was removed");
    }
}
