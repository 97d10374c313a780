package org.partyline.messaging.recognition;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.partyline.api.receive.Reading;
import org.partyline.messaging.scan.PacketId;

/**
 * What other bundles' receivers are asked for, what they have answered, and what none of them has to do with. Guarded by the kernel's lock.
 */
public final class Answers implements AutoCloseable {
    /** More than packets that match nothing are kept: none of these is asked for in a circle. */
    private static final int MOST_DECLINED = 131_072;

    private final Set<PacketId> asked = new HashSet<>();
    private final Map<PacketId, Answer> answers = new HashMap<>();
    private final Set<PacketId> declined = new LinkedHashSet<>();

    /**
     * An answer.
     *
     * @param receiver whose; empty where it is nobody's packet
     * @param when the receivers were those of this time, a number that grows as they come and go
     * @param whole whether all were asked whom it concerns
     */
    public record Answer(String receiver, Reading reading, int when, boolean whole) {}

    public void ask(PacketId id) {
        asked.add(id);
    }

    /** Whether the answer is still to come, or to be {@link #take taken}. */
    public boolean isAsked(PacketId id) {
        return asked.contains(id);
    }

    /** How many answers are still to come, or to be taken. */
    public int asked() {
        return asked.size();
    }

    public void put(PacketId id, Answer answer) {
        answers.put(id, answer);
    }

    /** The answer, which is forgotten here; null when there is none. */
    public Answer take(PacketId id) {
        Answer answer = answers.remove(id);
        if (answer != null) {
            asked.remove(id);
        }
        return answer;
    }

    /** It is nobody's, as things stand. */
    public void decline(PacketId id) {
        if (declined.add(id) && declined.size() > MOST_DECLINED) {
            declined.remove(declined.iterator().next());
        }
    }

    public boolean isDeclined(PacketId id) {
        return declined.contains(id);
    }

    /** Something is new: what was nobody's may be somebody's now. */
    public void reconsider() {
        declined.clear();
    }

    @Override
    public void close() {
        asked.clear();
        answers.clear();
        declined.clear();
    }
}
