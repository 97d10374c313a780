package org.partyline.bundleguard;

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Rejects third-party framework extensions. Their code runs as soon as they are installed, without being resolved like
 * another bundle, and OSGi has no hook there: so this replaces the list in which Felix 7 collects them.
 */
final class Extensions extends CopyOnWriteArrayList<BundleRevision> {
    private static final long serialVersionUID = 1L;

    private final transient Judge judge;
    private final transient RefusalLog log;

    private Extensions(Judge judge, RefusalLog log, Collection<BundleRevision> now) {
        super(now);
        this.judge = judge;
        this.log = log;
    }

    /**
     * Installs the guard.
     *
     * @param framework Felix itself
     * @throws ReflectiveOperationException with another version of Felix than the distribution's
     */
    @SuppressWarnings("unchecked")
    static void guard(Bundle framework, Judge judge, RefusalLog log) throws ReflectiveOperationException {
        Field manager = framework.getClass().getDeclaredField("m_extensionManager");
        manager.setAccessible(true);
        Object extensions = manager.get(framework);
        Field waiting = extensions.getClass().getDeclaredField("m_unresolvedExtensions");
        waiting.setAccessible(true);
        waiting.set(extensions, new Extensions(judge, log, (Collection<BundleRevision>) waiting.get(extensions)));
    }

    @Override
    public boolean add(BundleRevision revision) {
        Set<String> list = judge.allowedNow();
        judge.refusal(revision, list).ifPresent(verdict -> {
            log.refused(revision, verdict);
            throw new Guard.RefusedException(verdict.reason());
        });
        return super.add(revision);
    }
}
