package org.partyline.settings.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the bundles that run say about their configurations: those that use our interfaces, whoever made them. */
final class BundleDescriptions {
    private static final Logger LOG = LoggerFactory.getLogger(BundleDescriptions.class);
    private static final String OURS = "org.partyline.api";

    private final BundleContext context;

    BundleDescriptions(BundleContext context) {
        this.context = context;
    }

    /** With the name of the bundle. */
    Map<Described, String> all() {
        Map<Described, String> all = new LinkedHashMap<>();
        for (Bundle bundle : context.getBundles()) {
            String imports = bundle.getHeaders("").get("Import-Package");
            if (bundle.getState() == Bundle.ACTIVE && imports != null && imports.contains(OURS)) {
                of(bundle).forEach(each -> all.put(each, bundle.getSymbolicName()));
            }
        }
        return all;
    }

    private static List<Described> of(Bundle bundle) {
        List<Described> all = new ArrayList<>();
        var urls = bundle.findEntries(MetatypeDocument.DIRECTORY, "*.xml", false);
        for (URL each : urls == null ? List.<URL>of() : Collections.list(urls)) {
            try (InputStream in = each.openStream()) {
                all.addAll(MetatypeDocument.read(in));
            } catch (IOException e) {
                LOG.warn("Bundle {}'s description of its settings cannot be read", bundle.getSymbolicName(), e);
            }
        }
        return all;
    }
}
