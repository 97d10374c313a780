package com.example.extension.health;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** A check that only a third-party bundle would add. */
@Component
public final class WeatherCheck implements HealthCheck {
    @Override
    public String name() {
        return "weather";
    }

    @Override
    public List<Finding> examine() {
        return List.of(Finding.warning(name(), "it rains where the antenna is", "take an umbrella"));
    }
}
