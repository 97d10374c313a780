package org.partyline.messaging.state;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;

/**
 * Assigns message ids so that no two messages of ours have the same one while readers may hold fragments of both. An id
 * is random and has two bytes (PROTOCOL 7), so that two of 64 messages share one in three of a hundred cases, and the
 * pieces of the second would pass for duplicates. Random anyway: ids that count would tell how much a server sends
 * elsewhere.
 */
public final class FragmentIds {
    /** How many are remembered: far more than a reader holds incomplete, far fewer than there are. */
    static final int REMEMBERED = 4096;

    private static final int MOST_TRIES = 1000;

    private final Set<Integer> recent = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    });

    /** Splits a message, with another random id on each call. */
    @FunctionalInterface
    public interface Cut {
        List<PlannedPacket> plan() throws PayloadTooLargeException;
    }

    /** What is to be sealed: a plan whose message id, where it has one, is not that of another message. */
    public synchronized List<PlannedPacket> fresh(Cut cut) throws PayloadTooLargeException {
        List<PlannedPacket> plan = cut.plan();
        for (int i = 0; i < MOST_TRIES && !isNew(plan); i++) {
            plan = cut.plan();
        }
        return plan;
    }

    private boolean isNew(List<PlannedPacket> plan) {
        return plan.get(0)
                .content()
                .fragment()
                .map(header -> recent.add(header.messageId()))
                .orElse(true);
    }
}
