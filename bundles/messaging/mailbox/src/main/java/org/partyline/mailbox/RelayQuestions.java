package org.partyline.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.partyline.api.TxId;

/**
 * Limits how often nodes are asked whether a peer has one of our transactions: often at first, since a node with peers
 * knows within seconds, then at growing intervals. The memory it uses is bounded, and its content is lost on restart.
 */
final class RelayQuestions {
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int MOST = 4096;

    private final Clock clock;
    private final Map<TxId, Question> asked = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TxId, Question> eldest) {
            return size() > MOST;
        }
    };

    private record Question(Instant at, Duration pause) {}

    RelayQuestions(Clock clock) {
        this.clock = clock;
    }

    /** Returns whether a transaction may be asked about now; if so, it counts as asked. */
    synchronized boolean isDue(TxId transaction) {
        Instant now = clock.instant();
        Question last = asked.get(transaction);
        // If the last question lies in the future, the clock was set back since.
        if (last != null && !now.isBefore(last.at()) && now.isBefore(last.at().plus(last.pause()))) {
            return false;
        }
        Duration pause = last == null ? FIRST : last.pause().multipliedBy(2);
        asked.put(transaction, new Question(now, pause.compareTo(LONGEST) > 0 ? LONGEST : pause));
        return true;
    }
}
