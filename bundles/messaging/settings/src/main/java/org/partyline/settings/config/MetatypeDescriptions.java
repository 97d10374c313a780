package org.partyline.settings.config;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.MetaTypeProvider;
import org.partyline.api.config.SettingsDeclaration;
import org.partyline.api.transport.NodeSettingsCheck;

/** Offers declared settings to OSGi's Metatype service (Compendium, 105), so that any OSGi console can show them. */
@Component(service = {})
public final class MetatypeDescriptions {
    private final BundleContext context;
    private final Map<SettingsDeclaration, ServiceRegistration<?>> described = new ConcurrentHashMap<>();

    /** For Declarative Services. */
    @Activate
    public MetatypeDescriptions(BundleContext context) {
        this.context = context;
    }

    /** For Declarative Services. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addDeclaration(SettingsDeclaration declaration) {
        Dictionary<String, Object> ofWhat = new Hashtable<>();
        ofWhat.put(
                declaration.isFactory() ? MetaTypeProvider.METATYPE_FACTORY_PID : MetaTypeProvider.METATYPE_PID,
                declaration.pid());
        described.put(
                declaration, context.registerService(MetaTypeProvider.class, new MetatypeView(declaration), ofWhat));
    }

    /** For Declarative Services. */
    public void removeDeclaration(SettingsDeclaration declaration) {
        ServiceRegistration<?> registered = described.remove(declaration);
        if (registered != null) {
            registered.unregister();
        }
    }

    /** For Declarative Services. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addNodeDeclaration(NodeSettingsCheck declaration) {
        addDeclaration(declaration);
    }

    /** For Declarative Services. */
    public void removeNodeDeclaration(NodeSettingsCheck declaration) {
        removeDeclaration(declaration);
    }
}
