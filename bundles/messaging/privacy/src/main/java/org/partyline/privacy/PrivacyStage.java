package org.partyline.privacy;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Privacy;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;

/** Offers privacy profiles, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class PrivacyStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public PrivacyStage(@Reference StageContext context) {
        offers = List.of(new Offer<>(
                Privacy.class,
                new PrivacyService(
                        context.guard(),
                        context.settings(),
                        context.part(NodeDirectory.class),
                        context.notices(),
                        context.part(Pricing.class),
                        context.part(Cover.class))));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
