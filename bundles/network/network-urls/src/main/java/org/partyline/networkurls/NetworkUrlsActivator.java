package org.partyline.networkurls;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.service.url.URLConstants;
import org.osgi.service.url.URLStreamHandlerService;

/** Replaces Java's URL handlers with {@link RefusedUrls} while the framework runs. */
public final class NetworkUrlsActivator implements BundleActivator {
    /** The protocols that Java itself would open connections for, with their ports. */
    static final Map<String, Integer> PROTOCOLS = Map.of("http", 80, "https", 443, "ftp", 21);

    @Override
    public void start(BundleContext context) {
        PROTOCOLS.forEach((protocol, port) -> {
            Dictionary<String, Object> properties = new Hashtable<>();
            properties.put(URLConstants.URL_HANDLER_PROTOCOL, protocol);
            properties.put(org.osgi.framework.Constants.SERVICE_RANKING, Integer.MAX_VALUE);
            context.registerService(URLStreamHandlerService.class, new RefusedUrls(protocol, port), properties);
        });
    }

    @Override
    public void stop(BundleContext context) {
        // The framework stops, and unregisters the services.
    }
}
