package org.partyline.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * The way of one of our transactions through the nodes.
 *
 * @param entered the nodes that got it from us, and may have it
 * @param reported the nodes that showed it to us, or were asked and had it
 * @param block where it was confirmed, encoded; null before
 */
record Trace(List<String> entered, List<String> reported, String block) {
    static final Trace NOTHING = new Trace(List.of(), List.of(), null);

    Trace {
        entered = List.copyOf(entered);
        reported = List.copyOf(reported);
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Trace";
    }

    Trace entering(String node) {
        return new Trace(with(entered, node), reported, block);
    }

    /** The node looked at it and does not have it. */
    Trace refusedBy(String node) {
        return new Trace(entered.stream().filter(one -> !one.equals(node)).toList(), reported, block);
    }

    Trace reportedBy(String node) {
        return new Trace(entered, with(reported, node), block);
    }

    /** @param newBlock encoded; null: in none any more */
    Trace in(String newBlock) {
        return new Trace(entered, reported, newBlock);
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
