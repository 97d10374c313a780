package org.partyline.shell.web;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.karaf.features.Feature;
import org.apache.karaf.features.FeaturesService;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.PrivateFile;
import org.partyline.api.ServerHome;
import org.partyline.shell.command.WebSwitch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs the web server's feature from the distribution when the operator asks for it. The choice is a file in the
 * home: Karaf's own record of features is in its cache, which may be deleted.
 */
@Component(immediate = true)
public final class FeatureSwitch implements WebSwitch {
    private static final Logger LOG = LoggerFactory.getLogger(FeatureSwitch.class);
    private static final String FEATURE = "partyline-web";
    private static final String CHOICE = "web.started";
    /** The prefix of its bundles' symbolic names. */
    private static final String BUNDLES = "org.partyline.web-";

    private final BundleContext context;
    private final FeaturesService features;
    private final Path choice;
    private final ExecutorService thread;

    /**
     * @param context used to find the home
     * @param features Karaf's service
     */
    @Activate
    public FeatureSwitch(BundleContext context, @Reference FeaturesService features) {
        this.context = context;
        this.features = features;
        this.choice = ServerHome.of(context::getProperty).resolve(CHOICE);
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "partyline-web-switch");
            made.setDaemon(true);
            return made;
        });
        if (Files.exists(choice)) {
            // Not on this thread: Karaf may be installing this very bundle, and handles one request at a time.
            thread.execute(this::resume);
        }
    }

    /** For Declarative Services. */
    @Deactivate
    public void close() {
        thread.shutdownNow();
    }

    private void resume() {
        try {
            install();
        } catch (PartylineException e) {
            LOG.error("the web server was not started: {}", e.getMessage());
        }
    }

    @Override
    public void start() throws PartylineException {
        install();
        try {
            PrivateFile.write(
                    choice,
                    "The web server runs after a start. Written by partyline:web-start, deleted by "
                            + "partyline:web-stop.\n");
        } catch (IOException e) {
            throw new PartylineException(
                    choice + " cannot be written, so the web server will not run after a restart: check the disk", e);
        }
    }

    @Override
    public boolean stop() throws PartylineException {
        boolean chosen = Files.exists(choice);
        try {
            PrivateFile.delete(choice);
        } catch (IOException e) {
            throw new PartylineException(choice + " cannot be deleted: check its permissions", e);
        }
        synchronized (this) {
            try {
                Feature feature = feature();
                boolean installed = features.isInstalled(feature);
                if (installed) {
                    features.uninstallFeature(
                            feature.getName(),
                            feature.getVersion(),
                            EnumSet.of(FeaturesService.Option.NoAutoRefreshBundles));
                }
                return chosen || installed;
            } catch (PartylineException e) {
                throw e;
            } catch (Exception e) {
                throw new PartylineException("the web server's bundles could not be removed: see the log", e);
            }
        }
    }

    private synchronized void install() throws PartylineException {
        try {
            Feature feature = feature();
            if (!features.isInstalled(feature)) {
                features.installFeature(feature, EnumSet.of(FeaturesService.Option.NoAutoRefreshBundles));
                startAll();
            }
        } catch (PartylineException e) {
            throw e;
        } catch (Exception e) {
            // Karaf's message names the bundles and what they lack.
            LOG.error("{} cannot be installed: {} ({})", FEATURE, e.getMessage(), Faults.trace(e));
            throw new PartylineException("the web server's bundles could not be installed: see the log", e);
        }
    }

    /** Karaf does not start a bundle that is installed already: an interrupted installation leaves some. */
    private void startAll() throws BundleException {
        for (Bundle bundle : context.getBundles()) {
            String name = bundle.getSymbolicName();
            if (name != null && name.startsWith(BUNDLES) && bundle.getState() != Bundle.ACTIVE) {
                bundle.start();
            }
        }
    }

    private Feature feature() throws Exception {
        Feature feature = features.getFeature(FEATURE);
        if (feature == null) {
            throw new PartylineException("this distribution has no feature " + FEATURE + ": install it again");
        }
        return feature;
    }
}
