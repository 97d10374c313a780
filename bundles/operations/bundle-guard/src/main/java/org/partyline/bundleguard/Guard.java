package org.partyline.bundleguard;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.BundleException;
import org.osgi.framework.hooks.resolver.ResolverHook;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Namespace;
import org.partyline.bundleguard.Judge.Verdict;

/**
 * Rejects forbidden bundles each time the framework resolves. A bundle that is not resolved loads no class, is not part
 * of another bundle and provides no package.
 *
 * <p>A rejected bundle receives nothing that it needs, and provides nothing to others: no package, and no fragment. An
 * attempt to resolve it alone fails with the reason. Removing rejected bundles from the list of candidates would be
 * simpler, but then Felix 7 finds no bundle that is already resolved.
 */
final class Guard implements ResolverHookFactory {
    private final Judge judge;
    private final RefusalLog log;

    Guard(Judge judge, RefusalLog log) {
        this.judge = judge;
        this.log = log;
    }

    /**
     * Ends an attempt to resolve only forbidden bundles that nothing else would keep out. A forbidden bundle does not
     * keep others from being resolved in the same attempt.
     *
     * @throws RefusedException with the reason
     */
    @Override
    public ResolverHook begin(Collection<BundleRevision> triggers) {
        Set<String> list = judge.allowedNow();
        for (BundleRevision trigger : triggers) {
            // A revision with a wiring is already resolved, and is looking for a package.
            if (trigger.getWiring() == null && (triggers.size() == 1 || needsNothing(trigger))) {
                judge.refusal(trigger, list).ifPresent(verdict -> {
                    log.refused(trigger, verdict);
                    throw new RefusedException(verdict.reason());
                });
            }
        }
        return new Hook(list);
    }

    /**
     * Whether it would be resolved although {@link Hook#filterMatches} does not provide anything for it. The framework
     * ignores requirements that are optional, or effective at another time (OSGi Core 8, 3.7.6).
     */
    private static boolean needsNothing(BundleRevision revision) {
        return revision.getDeclaredRequirements(null).stream()
                .map(BundleRequirement::getDirectives)
                .noneMatch(directives -> is(
                                directives, Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE, Namespace.RESOLUTION_MANDATORY)
                        && is(directives, Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE, Namespace.EFFECTIVE_RESOLVE));
    }

    /** @param standard the value if the directive is missing */
    private static boolean is(Map<String, String> directives, String name, String standard) {
        return directives.getOrDefault(name, standard).equals(standard);
    }

    private final class Hook implements ResolverHook {
        private final Set<String> list;
        private final Map<BundleRevision, Boolean> refused = new IdentityHashMap<>();

        Hook(Set<String> list) {
            this.list = list;
        }

        /**
         * Any failure, including an error, rejects: if a hook fails, the framework accepts what it would have rejected.
         */
        private boolean isRefused(BundleRevision revision) {
            try {
                return revision.getWiring() == null && refused.computeIfAbsent(revision, this::refuse);
            } catch (RuntimeException | Error e) {
                return true;
            }
        }

        private boolean refuse(BundleRevision revision) {
            Optional<Verdict> verdict = judge.refusal(revision, list);
            verdict.ifPresent(why -> log.refused(revision, why));
            return verdict.isPresent();
        }

        @Override
        public void filterResolvable(Collection<BundleRevision> candidates) {
            // See above.
        }

        @Override
        public void filterSingletonCollisions(
                BundleCapability singleton, Collection<BundleCapability> collisionCandidates) {
            // A rejected bundle does not keep another from being resolved.
            if (isRefused(singleton.getRevision())) {
                collisionCandidates.clear();
            } else {
                collisionCandidates.removeIf(other -> isRefused(other.getRevision()));
            }
        }

        @Override
        public void filterMatches(BundleRequirement requirement, Collection<BundleCapability> candidates) {
            if (isRefused(requirement.getRevision())) {
                candidates.clear();
            } else {
                candidates.removeIf(candidate -> isRefused(candidate.getRevision()));
            }
        }

        @Override
        public void end() {
            // Nothing to release.
        }
    }

    /** Ends an attempt to resolve. The framework turns it into a {@link BundleException} with its message. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message, null, false, false);
        }
    }
}
