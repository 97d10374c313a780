package org.partyline.sealing;

import java.time.Duration;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.sealing.Sealers;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;

/** The sealers on a bench. */
final class SealingBench implements AutoCloseable {
    final StageBench stage = new StageBench();
    final SealingStage sealing = stage.add(SealingStage::new);
    final Sealers sealers = StageBench.offered(sealing, Sealers.class);

    /** A channel's messages are sealed by another bundle's sealer from now on. @param sealer its id; empty: ours */
    void giveTo(ChannelMembership member, String sealer) throws StoreException {
        stage.guard.open(memory -> stage.guard.transact(tx -> {
            Tables.putSecret(
                    tx,
                    MembershipRecord.TABLE,
                    Keys.of(member.id()),
                    Keys.ALL,
                    member.toStore().withSealer(sealer));
            member.entry = member.entry.withSealer(sealer);
            return null;
        }));
    }

    /** Who has other bundles' sealers seal, as the stage makes it, and waits for them only so long. */
    OtherSealer others(OfferedSealers offered) {
        return new OtherSealer(
                stage.guard,
                stage.clock,
                stage.parts,
                stage.context.part(PacketSizes.class),
                stage.context.part(Outbox.class),
                new CoverOrders(stage.context.part(CoverTraffic.class), stage.guard, stage.clock),
                offered);
    }

    /** Sealers of other bundles that may take so long. */
    OfferedSealers offered(Duration patience) {
        return new OfferedSealers(stage.notices, patience);
    }

    /** A message as it is now. */
    OutgoingMessage now(long id) throws StoreException {
        return stage.outgoing(id);
    }

    @Override
    public void close() {
        stage.close();
    }
}
