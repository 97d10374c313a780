package org.partyline.sealing;

import org.partyline.api.store.StoreException;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.testkit.messaging.StageBench;

/** The sealers on a bench. */
final class SealingBench implements AutoCloseable {
    final StageBench stage = new StageBench();
    final SealingStage sealing = stage.add(SealingStage::new);
    final QueueSealer sealer = StageBench.offered(sealing, QueueSealer.class);

    /** Returns the present state of a message. */
    OutgoingMessage now(long id) throws StoreException {
        return stage.outgoing(id);
    }

    @Override
    public void close() {
        stage.close();
    }
}
