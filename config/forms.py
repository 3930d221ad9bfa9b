"""How every Django form looks: `{{ form }}` and `{{ field.as_field_group }}` use templates/components/."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Label, help and error tied to their control, and a summary of the errors on top."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
    formset_template_name = "components/formset.html"
