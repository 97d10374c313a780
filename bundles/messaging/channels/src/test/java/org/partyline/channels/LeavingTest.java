package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.mailbox.ConversationMarks;
import org.partyline.messaging.mailbox.DraftRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.testkit.messaging.StageBench;

/** Nothing is kept of a channel that is left: whoever joins it again begins anew. */
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
}
