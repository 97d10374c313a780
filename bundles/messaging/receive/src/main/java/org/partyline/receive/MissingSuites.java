package org.partyline.receive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.health.Finding;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Tables;

/**
 * Checks for packets that cannot be read because a cipher suite is missing. The suite is not on the wire (PROTOCOL
 * 2.1): that of a session is known, a member of a channel may use any, and one that was never available here is
 * unknown.
 */
final class MissingSuites {
    static final String NAME = "suites";
    /** If there are more packets than this, they are counted and not examined one by one. */
    private static final int MOST = 1_000;

    private static final String REMEDY = "partyline:suite-list, then bundle:start its bundle, or partyline:suite-allow";

    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final SuiteDirectory suites;
    private final PacketOpener opener;
    private final KnownSuites known;

    MissingSuites(
            StateGuard guard, Recognition recognition, SuiteDirectory suites, PacketOpener opener, KnownSuites known) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.suites = suites;
        this.opener = opener;
        this.known = known;
    }

    List<Finding> examine() throws StoreException {
        if (!guard.isOpen()) {
            return List.of();
        }
        Map<String, Integer> waiting = guard.open(this::waiting);
        List<Finding> all = new ArrayList<>();
        waiting.forEach((what, packets) -> all.add(Finding.warning(
                NAME, packets + (packets == 1 ? " packet" : " packets") + what + "; kept for a day", REMEDY)));
        int unopened = known.unopened();
        if (unopened > 0) {
            all.add(Finding.warning(
                    NAME,
                    unopened + (unopened == 1 ? " packet" : " packets")
                            + " for you could not be opened with any cipher suite of this server. A sender uses "
                            + "another suite, or someone copied a channel's mark",
                    "ask the members which suite they use (partyline:suite-list), and install its bundle"));
        }
        return all.isEmpty() ? List.of(Finding.ok(NAME, "no packet waits for a cipher suite")) : all;
    }

    /** Returns the number of waiting packets for each thing they wait for. */
    private Map<String, Integer> waiting() throws StoreException {
        Map<String, Integer> counts = new LinkedHashMap<>();
        int all = recognition.parked.size();
        if (all == 0) {
            return counts;
        }
        if (all > MOST) {
            counts.put(" may be yours and cannot be read yet: a cipher suite or a key is missing", all);
            return counts;
        }
        for (Candidate candidate : guard.transact(tx -> Tables.all(tx, HeldPackets.PARKED, Candidate.class))) {
            // A packet whose key is being derived was not handled yet.
            if (recognition.packets.wasHandled(candidate.id())) {
                String what = what(new IncomingPayload(recognition, candidate));
                if (!what.isEmpty()) {
                    counts.merge(what, 1, Integer::sum);
                }
            }
        }
        return counts;
    }

    private String what(IncomingPayload packet) {
        List<ReceiveChainState> chains = new ArrayList<>(1);
        recognition.chains.lookUp(
                Packets.hint(packet.candidate().payload()),
                (chain, position) ->
                        Optional.ofNullable(recognition.chains.find(chain)).ifPresent(chains::add));
        for (ReceiveChainState chain : chains) {
            List<String> missing = missing(opener.suites(chain));
            if (!missing.isEmpty()) {
                return text(chain.entry.membership(), missing.subList(0, 1));
            }
        }
        Beacon beacon = packet.beacon();
        List<String> missing = missing(suites.every());
        if (beacon == null || missing.isEmpty()) {
            return "";
        }
        return beacon.contactInbox == null
                ? text(beacon.members.get(0), missing)
                : " for an inbox of yours" + mayNeed(missing);
    }

    private List<String> missing(List<String> names) {
        return names.stream().filter(name -> suites.suite(name).isEmpty()).toList();
    }

    private String text(int conversation, List<String> missing) {
        Conversation its = people.conversations.find(conversation);
        return (its == null ? "" : " of " + its.name()) + mayNeed(missing);
    }

    private static String mayNeed(List<String> missing) {
        return " cannot be read: the cipher suite " + String.join(" or ", missing)
                + " is not running here, or not allowed";
    }
}
