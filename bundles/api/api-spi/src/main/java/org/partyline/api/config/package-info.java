/** How a bundle describes what can be set, and who shows and sets it. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.config;
