package org.partyline.suites;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.partyline.api.Faults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks the providers of algorithms of one kind. The first that claims a code or a name has it until it goes; a later
 * one waits for that. Nobody may claim a code or a name of the protocol's table for something else. Thread-safe.
 *
 * @param <I> the id: equal only if all its parts are
 * @param <S> the service
 */
final class Claims<I, S> {
    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

    /** The properties of an id. */
    record Mark(int code, String name) {
        boolean collidesWith(Mark other) {
            return code == other.code || name.equals(other.name);
        }

        /** Returns what both claim, in words. */
        String shared(Mark other) {
            return code == other.code ? "code " + code : "name " + name;
        }
    }

    /**
     * One provider of an algorithm.
     *
     * @param refusal why it is not used; empty if it is
     */
    record Claim<I, S>(I id, Mark mark, S service, ServiceReference<S> reference, String refusal) {
        boolean holds() {
            return refusal.isEmpty();
        }

        private Claim<I, S> with(String reason) {
            return new Claim<>(id, mark, service, reference, reason);
        }

        /** Returns the symbolic name and version of the provider, for display. */
        String provider() {
            Bundle bundle = reference.getBundle();
            return bundle == null ? "a bundle that was removed" : bundle.getSymbolicName() + " " + bundle.getVersion();
        }
    }

    private final String kind;
    private final List<I> table;
    private final Function<S, I> idOf;
    private final Function<I, Mark> markOf;
    /** In the order in which they arrived. */
    private List<Claim<I, S>> claims = List.of();
    /** Those in use, by name: looked up for each packet. */
    private volatile Map<String, Claim<I, S>> holders = Map.of();
    /**
     * Algorithms outside the table that were available before, by name: packets that wait for them are not discarded.
     */
    private final Map<String, I> seen = new LinkedHashMap<>();

    /**
     * @param kind for the log
     * @param table the protocol's table
     */
    Claims(String kind, List<I> table, Function<S, I> idOf, Function<I, Mark> markOf) {
        this.kind = kind;
        this.table = table;
        this.idOf = idOf;
        this.markOf = markOf;
    }

    synchronized void add(S service, ServiceReference<S> reference) {
        I id;
        try {
            id = idOf.apply(service);
        } catch (RuntimeException e) {
            LOG.error("a {} is rejected: it has no id ({})", kind, Faults.reason(e));
            return;
        }
        if (id == null) {
            LOG.error("a {} is rejected: it has no id", kind);
            return;
        }
        List<Claim<I, S>> more = new ArrayList<>(claims);
        more.add(new Claim<>(id, markOf.apply(id), service, reference, ""));
        decide(more);
    }

    synchronized void remove(ServiceReference<S> reference) {
        decide(claims.stream()
                .filter(claim -> !claim.reference().equals(reference))
                .toList());
    }

    /** Decides which claims are used, in their order. */
    private void decide(List<Claim<I, S>> asked) {
        List<Claim<I, S>> decided = new ArrayList<>();
        for (Claim<I, S> claim : asked) {
            Claim<I, S> next = claim.with(refusal(claim, decided));
            if (next.holds()) {
                remember(next.id());
            }
            if (!next.refusal().equals(claim.refusal())) {
                notify(next);
            }
            decided.add(next);
        }
        claims = List.copyOf(decided);
        holders = decided.stream()
                .filter(Claim::holds)
                .collect(Collectors.toUnmodifiableMap(claim -> claim.mark().name(), claim -> claim));
    }

    private String refusal(Claim<I, S> claim, List<Claim<I, S>> before) {
        for (I own : table) {
            Mark mark = markOf.apply(own);
            if (!own.equals(claim.id()) && mark.collidesWith(claim.mark())) {
                return claim.mark().shared(mark) + " belongs to the protocol, for " + own;
            }
        }
        for (Claim<I, S> other : before) {
            if (other.holds() && other.mark().collidesWith(claim.mark())) {
                return claim.mark().shared(other.mark()) + " is used by " + other.id() + " of " + other.provider();
            }
        }
        return "";
    }

    private void notify(Claim<I, S> claim) {
        if (claim.holds()) {
            LOG.info("the {} {} of {} is used now", kind, claim.id(), claim.provider());
        } else {
            LOG.error("the {} {} of {} is rejected: {}", kind, claim.id(), claim.provider(), claim.refusal());
        }
    }

    /**
     * Records an id that was available before this process began: it applies if nothing else has the code or the name
     * now.
     */
    synchronized void recall(I id) {
        Mark mark = markOf.apply(id);
        if (known().stream().noneMatch(other -> markOf.apply(other).collidesWith(mark))) {
            seen.put(mark.name(), id);
        }
    }

    private void remember(I id) {
        Mark mark = markOf.apply(id);
        if (!table.contains(id) && !id.equals(seen.get(mark.name()))) {
            seen.values().removeIf(other -> markOf.apply(other).collidesWith(mark));
            seen.put(mark.name(), id);
        }
    }

    /** Returns the protocol's table, then the ids that were ever available. */
    synchronized List<I> known() {
        return Stream.concat(table.stream(), seen.values().stream()).toList();
    }

    /** Returns the known id with a code. */
    Optional<I> ofCode(int code) {
        return known().stream().filter(id -> markOf.apply(id).code() == code).findFirst();
    }

    /** Returns the known id with a name. */
    Optional<I> ofName(String name) {
        return known().stream()
                .filter(id -> markOf.apply(id).name().equals(name))
                .findFirst();
    }

    /** Returns those that are available and used. */
    synchronized List<Claim<I, S>> held() {
        return claims.stream().filter(Claim::holds).toList();
    }

    /** Returns those that are available and not used. */
    synchronized List<Claim<I, S>> refused() {
        return claims.stream().filter(claim -> !claim.holds()).toList();
    }

    /** Returns the one in use with a name. */
    Optional<Claim<I, S>> holder(String name) {
        return Optional.ofNullable(holders.get(name));
    }
}
