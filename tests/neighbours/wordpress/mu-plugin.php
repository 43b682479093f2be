<?php
// WordPress asks no private address and no port but three for an embed. The site under test has such an address.
add_filter('http_request_host_is_external', '__return_true');
add_filter('http_allowed_safe_ports', fn ($ports) => [...$ports, (int) getenv('WORDPRESS_MAY_ASK')]);
// It has nobody to write to.
add_filter('pre_wp_mail', '__return_true');
// ?look=twentytwentyone shows a page in that theme, without a change for others.
foreach (['template', 'stylesheet'] as $option) {
    add_filter("pre_option_$option", fn ($given) => isset($_GET['look']) ? sanitize_key($_GET['look']) : $given);
}
