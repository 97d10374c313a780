package org.partyline.messaging.mailbox;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The propagation of one of our transactions.
 *
 * @param entered the nodes that received it from us, and may have it
 * @param reported the nodes that showed it to us, or confirmed that they have it
 * @param block the block that contains it, encoded; null before
 */
public record PropagationRecord(
        List<String> entered,
        List<String> reported,
        @Nullable String block) {
    public static final PropagationRecord NOTHING = new PropagationRecord(List.of(), List.of(), null);

    public PropagationRecord {
        entered = List.copyOf(entered);
        reported = List.copyOf(reported);
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "PropagationRecord";
    }

    public PropagationRecord entering(String node) {
        return new PropagationRecord(with(entered, node), reported, block);
    }

    /** The node rejected it and does not have it. */
    public PropagationRecord refusedBy(String node) {
        return new PropagationRecord(
                entered.stream().filter(one -> !one.equals(node)).toList(), reported, block);
    }

    public PropagationRecord reportedBy(String node) {
        return new PropagationRecord(entered, with(reported, node), block);
    }

    /** @param newBlock encoded; null: in none any more */
    public PropagationRecord in(@Nullable String newBlock) {
        return new PropagationRecord(entered, reported, newBlock);
    }

    private static List<String> with(List<String> names, String name) {
        if (name.isEmpty() || names.contains(name)) {
            return names;
        }
        List<String> more = new ArrayList<>(names);
        more.add(name);
        return more;
    }
}
