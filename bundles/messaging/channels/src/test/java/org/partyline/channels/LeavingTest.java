package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.ConversationMarks;
import org.partyline.messaging.mailbox.DraftRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.state.Bus;
import org.partyline.testkit.messaging.StageBench;

/** No data of a channel that was left is kept: joining it again starts from scratch. */
class LeavingTest {
    private final StageBench stage = new StageBench();
    private final Channels channels = StageBench.offered(stage.add(ChannelsStage::new), Channels.class);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void whatWasWrittenAndBegunThereIsErased() throws Exception {
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        ChannelMembership club = stage.join("club", Mode.RATCHET);
        for (ChannelMembership member : List.of(lobby, club)) {
            stage.queue(member, "a message");
            stage.guard.transact(tx -> {
                new DraftRecord(member.id(), "half a sentence", stage.clock.millis())
                        .put(tx, stage.clock.instant().plusSeconds(3600));
                new ConversationMarks(member.id(), 1, true, false).put(tx);
                return null;
            });
        }
        channels.leave(Optional.empty(), "lobby");
        for (String table :
                List.of(DraftRecord.TABLE, ConversationMarks.TABLE, MessageRecord.TABLE, MembershipRecord.TABLE)) {
            assertEquals(1, stage.store.count(table), table);
        }
        assertEquals(1, stage.allOutgoing().size());
        assertEquals(List.of(club), List.copyOf(stage.people.conversations.members()));
        assertTrue(stage.join("lobby", Mode.RATCHET).id() > club.id(), "no number is given twice");
    }

    /** The chains that run could not be read after joining again, if blocks of the last day counted as read. */
    @Test
    void whoReadsBlocksHearsOfIt() throws Exception {
        stage.join("lobby", Mode.RATCHET);
        List<Bus.ChannelLeft> left = new ArrayList<>();
        stage.bus.on(Bus.ChannelLeft.class, left::add);
        channels.leave(Optional.empty(), "lobby");
        assertEquals(List.of(new Bus.ChannelLeft(Network.REGTEST)), left);
    }

    @Test
    void coinsOfItsMessagesAreFreedAndThoseOfOthersAreNot() throws Exception {
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        long first = stage.queue(lobby, "a message");
        stage.queue(stage.join("club", Mode.RATCHET), "a message");
        long second = stage.queue(lobby, "another");
        channels.leave(Optional.empty(), "lobby");
        assertEquals(List.of(first, second), stage.sendQueue.released);
    }

    @Test
    void withoutWhoFreesCoinsItIsErasedAnyway() throws Exception {
        stage.queue(stage.join("lobby", Mode.RATCHET), "a message");
        stage.stop(SendQueue.class);
        channels.leave(Optional.empty(), "lobby");
        assertEquals(0, stage.store.count(MessageRecord.TABLE));
        assertEquals(List.of(), stage.sendQueue.released);
    }

    /** The end of cover traffic, or of a carrier's plan, would reveal that someone left. */
    @Test
    void whatIsStillToLeaveForItLeavesAsADecoy() throws Exception {
        stage.queue(stage.join("lobby", Mode.RATCHET), "a message");
        List<OutgoingMessage> decoys = stage.allOutgoing();
        List<Object> remembered = new ArrayList<>();
        stage.put(Outbox.class, (Outbox) Proxy.newProxyInstance(
                Outbox.class.getClassLoader(),
                new Class<?>[] {Outbox.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "asDecoys" -> decoys;
                    case "remember" -> remembered.addAll((List<?>) arguments[0]);
                    default -> method.invoke(stage.outbox, arguments);
                }));
        channels.leave(Optional.empty(), "lobby");
        assertEquals(decoys, remembered);
    }
}
