package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.ConversationMarks;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;

/** How many version-1 messages are stored. */
class LegacyKeptTest {
    @Test
    void howManyAreKeptIsToldWithoutMarkingThemAsShown() throws Exception {
        try (StageBench bench = new StageBench()) {
            Messages messages = StageBench.offered(bench.add(MessagesStage::new), Messages.class);
            ChannelMembership lobby = bench.join("lobby", Mode.RATCHET);
            put(bench, lobby, true);
            put(bench, lobby, false);
            assertEquals(1, messages.legacyKept());
            assertTrue(isUnread(bench, lobby));
            messages.messages(Messages.Query.ALL);
            assertFalse(isUnread(bench, lobby));
            bench.clock.pass(Duration.ofDays(28).minusMillis(1));
            assertEquals(1, messages.legacyKept());
            bench.clock.pass(Duration.ofMillis(1));
            assertEquals(0, messages.legacyKept());
        }
    }

    private static void put(StageBench bench, ChannelMembership lobby, boolean legacy) throws Exception {
        bench.guard.transact(tx -> {
            long now = bench.clock.instant().toEpochMilli();
            MessageRecords.put(
                    tx,
                    MessageRecordBuilder.builder()
                            .id(Tables.next(tx, "message"))
                            .membership(lobby.id())
                            .sender("alice")
                            .legacy(legacy)
                            .text("hello mempool")
                            .chain(-1)
                            .sequence(-1)
                            .sent(now / 1000)
                            .arrived(now)
                            .expires(now + Duration.ofDays(28).toMillis())
                            .block(-1)
                            .packets(List.of())
                            .transactions(List.of())
                            .views(List.of())
                            .locator("")
                            .annotations(Annotations.NONE)
                            .build());
            return null;
        });
    }

    private static boolean isUnread(StageBench bench, ChannelMembership lobby) throws Exception {
        return bench.guard.transact(tx -> {
            long readTo = ConversationMarks.of(tx, lobby.id()).readTo();
            return Tables.all(tx, MessageRecord.TABLE, MessageRecord.class).stream()
                    .anyMatch(message -> message.isForReader() && message.id() > readTo);
        });
    }
}
