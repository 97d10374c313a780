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
 * Tracks the providers of algorithms of one kind. The first that claims a code or a name has it until it goes; whoever
 * comes second waits for that. What the protocol's table says of a code or a name, nobody may claim for something else.
 * Thread-safe.
 *
 * @param <I> the id: equal only when all of it is
 * @param <S> the service
 */
final class Claims<I, S> {
    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

    /** The properties of an id. */
    record Mark(int code, String name) {
        boolean collidesWith(Mark other) {
            return code == other.code || name.equals(other.name);
        }

        /** What both claim, for people. */
        String shared(Mark other) {
            return code == other.code ? "code " + code : "name " + name;
        }
    }

    /**
     * One provider of an algorithm.
     *
     * @param refusal why it is not used; empty: it is
     */
    record Claim<I, S>(I id, Mark mark, S service, ServiceReference<S> reference, String refusal) {
        boolean holds() {
            return refusal.isEmpty();
        }

        private Claim<I, S> with(String reason) {
            return new Claim<>(id, mark, service, reference, reason);
        }

        /** Symbolic name and version of the provider, for people. */
        String provider() {
            Bundle bundle = reference.getBundle();
            return bundle == null ? "a bundle that was removed" : bundle.getSymbolicName() + " " + bundle.getVersion();
        }
    }

    private final String kind;
    private final List<I> table;
    private final Function<S, I> idOf;
    private final Function<I, Mark> markOf;
    /** In the order in which they came. */
    private List<Claim<I, S>> claims = List.of();
    /** Those in use, by name: asked for each packet. */
    private volatile Map<String, Claim<I, S>> holders = Map.of();
    /** What is not in the table and was here once, by name: what waits for it is not forgotten. */
    private final Map<String, I> seen = new LinkedHashMap<>();

    /**
     * @param kind for the log
     * @param table the protocol's
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

    /** Gives each claim its due, the first one first. */
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

    /** It was here before this process began: that counts where nothing else has the code or the name now. */
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

    /** The protocol's table, then what was here once, this moment or before. */
    synchronized List<I> known() {
        return Stream.concat(table.stream(), seen.values().stream()).toList();
    }

    /** The known one of a code. */
    Optional<I> ofCode(int code) {
        return known().stream().filter(id -> markOf.apply(id).code() == code).findFirst();
    }

    /** The known one of a name. */
    Optional<I> ofName(String name) {
        return known().stream()
                .filter(id -> markOf.apply(id).name().equals(name))
                .findFirst();
    }

    /** Those that are here and used. */
    synchronized List<Claim<I, S>> held() {
        return claims.stream().filter(Claim::holds).toList();
    }

    /** Those that are here and not used. */
    synchronized List<Claim<I, S>> refused() {
        return claims.stream().filter(claim -> !claim.holds()).toList();
    }

    /** The one in use that has a name. */
    Optional<Claim<I, S>> holder(String name) {
        return Optional.ofNullable(holders.get(name));
    }
}
