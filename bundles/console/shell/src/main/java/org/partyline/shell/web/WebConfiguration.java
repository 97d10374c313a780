package org.partyline.shell.web;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;
import org.partyline.api.web.WebSettings;

/**
 * Declares the settings in {@code etc/org.partyline.web.cfg}. They are declared here because they can be set before the
 * web server runs.
 */
@Component
public final class WebConfiguration implements SettingsDeclaration {
    /** For Declarative Services. */
    public WebConfiguration() {}

    @Override
    public String pid() {
        return WebSettings.PID;
    }

    @Override
    public String title() {
        return "The web server, which runs after partyline:web-start.";
    }

    @Override
    public List<Setting<?>> settings() {
        return WebSettings.all();
    }
}
