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
 * is random and has two bytes (PROTOCOL 7): among 64 messages, two would share one with a probability of 3 %, and the
 * second one's fragments would be taken for duplicates. Ids are not counted, since a counter would reveal how much a
 * server sends elsewhere.
 */
public final class FragmentIds {
    /** The number of remembered ids: far more than a reader holds incomplete, far fewer than exist. */
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

    /** A plan for sealing whose message id, if any, differs from those of other messages. */
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
