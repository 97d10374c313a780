package org.partyline.bundleguard;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.framework.wiring.BundleRevision;
import org.partyline.bundleguard.Judge.Verdict;

/**
 * Checks each bundle again when it starts, and before its first class is loaded, however it was resolved. A forbidden
 * bundle gets no class, and so no activator.
 */
final class StartGuard implements SynchronousBundleListener, WeavingHook {
    private final Judge judge;
    private final RefusalLog log;
    private final Map<BundleRevision, Optional<Verdict>> judged = Collections.synchronizedMap(new WeakHashMap<>());

    StartGuard(Judge judge, RefusalLog log) {
        this.judge = judge;
        this.log = log;
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        // A bundle with lazy activation loads its first class before it is STARTING.
        if (event.getType() == BundleEvent.LAZY_ACTIVATION || event.getType() == BundleEvent.STARTING) {
            BundleRevision revision = event.getBundle().adapt(BundleRevision.class);
            if (revision != null) {
                judged.put(revision, judge(revision));
            }
        }
    }

    @Override
    public void weave(WovenClass woven) {
        BundleRevision revision = woven.getBundleWiring().getRevision();
        Optional<Verdict> refusal = judged.get(revision);
        if (refusal == null) {
            refusal = judge(revision);
            judged.put(revision, refusal);
        }
        if (refusal.isPresent()) {
            throw new WeavingException(refusal.get().reason());
        }
    }

    private Optional<Verdict> judge(BundleRevision revision) {
        Optional<Verdict> refusal = judge.refusal(revision, judge.allowedNow());
        refusal.ifPresent(why -> log.refused(revision, why));
        return refusal;
    }
}
