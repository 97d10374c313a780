package org.partyline.engine;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.partyline.engine.kernel.Stage;
import org.partyline.engine.kernel.Threads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks once more for stages that are offered and that nobody has: Declarative Services asks once, and where a stage could not be made then
 * (seen once in some hundred starts, while bundles were still being started) it would be missing until its bundle is restarted. Who is asked
 * again is made, and the kernel is given it.
 */
@Component(
        service = {},
        immediate = true)
public final class StageCare {
    private static final long SECONDS = 2;
    private static final Logger LOG = LoggerFactory.getLogger(StageCare.class);

    private final BundleContext context;
    private final ScheduledExecutorService thread = Threads.scheduled("partyline-stages");
    /** What had no user when it was looked last: what is just being bound is left alone. */
    private Set<ServiceReference<Stage>> idle = Set.of();

    @Activate
    public StageCare(BundleContext context) {
        this.context = context;
        thread.scheduleWithFixedDelay(this::look, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    @Deactivate
    void stop() {
        thread.shutdownNow();
    }

    synchronized void look() {
        try {
            Collection<ServiceReference<Stage>> offered = context.getServiceReferences(Stage.class, null);
            Set<ServiceReference<Stage>> now = new HashSet<>();
            for (ServiceReference<Stage> stage : offered) {
                if (stage.getUsingBundles() != null) {
                    continue;
                }
                now.add(stage);
                // Kept until its bundle takes it away: given back it would be unmade.
                if (idle.contains(stage) && context.getService(stage) != null) {
                    LOG.info("a stage of {} was made at another try", stage.getBundle());
                }
            }
            idle = Set.copyOf(now);
        } catch (InvalidSyntaxException | RuntimeException | Error e) {
            // Not let out: it would end all looks to come.
            LOG.debug("stages are looked for again", e);
        }
    }
}
