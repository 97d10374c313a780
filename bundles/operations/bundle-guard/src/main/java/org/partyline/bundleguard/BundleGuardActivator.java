package org.partyline.bundleguard;

import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Set;
import java.util.function.Supplier;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.hooks.weaving.WeavingHook;

/** Installs the guard in the framework while this bundle runs. */
public final class BundleGuardActivator implements BundleActivator {
    /** The operator's list, below the settings directory. */
    static final String ALLOWED = "allowed-bundles";
    /** The property of the service that reports third-party bundles. */
    static final String GUARD = "partyline.bundle.guard";

    /** For the framework. */
    public BundleGuardActivator() {}

    @Override
    public void start(BundleContext context) throws Exception {
        Path packed = Path.of(context.getProperty("karaf.home")).resolve(PackedSums.PACKED);
        Set<String> ours = PackedSums.read(packed);
        AllowList allowed = new AllowList(Path.of(context.getProperty("karaf.etc"), ALLOWED));
        BundleSums sums = new BundleSums();
        RefusalLog log = new RefusalLog();
        Judge judge = new Judge(ours, sums, allowed);
        context.registerService(ResolverHookFactory.class, new Guard(judge, log), new Hashtable<>());
        StartGuard starts = new StartGuard(judge, log);
        context.addBundleListener(starts);
        context.registerService(WeavingHook.class, starts, new Hashtable<>());
        Dictionary<String, Object> guard = new Hashtable<>();
        guard.put(GUARD, true);
        context.registerService(Supplier.class, new Report(context, judge, allowed), guard);
        Extensions.guard(context.getBundle(0), judge, log);
    }

    @Override
    public void stop(BundleContext context) {
        // The framework stops, and unregisters the services.
    }
}
